import type { Ports } from '#agent';
import type { DevSnapshot } from '#dev/snapshot';

const adopted = new WeakMap<object, Set<string>>();

/**
 * What stands on the forge counts, even when its run died before it could say so: an answer whose effect is there is a round, a
 * failure in the work log is a failed session. A park for a secret is no round: its answer was not accepted.
 */
export function adoptRounds(ports: Pick<Ports, 'ledger' | 'view'>, seen: DevSnapshot): void {
  const known = adopted.get(ports.view) ?? new Set<string>();
  adopted.set(ports.view, known);
  for (const item of seen.items) {
    const parked = item.park === null ? [] : [item.park.run];
    const secret = item.park?.slug === 'secret-found';
    const failed = [...item.attempts.map((attempt) => attempt.run), ...(secret ? parked : [])];
    const accepted = [...(item.work?.rounds ?? []).map((round) => round.run), ...(secret ? [] : parked)];
    for (const run of failed) once(known, run, ports.ledger.sessions.confirmFailed);
    for (const run of accepted) once(known, run, ports.ledger.sessions.accept);
  }
}

function once(known: Set<string>, run: string, tell: (run: string) => void): void {
  if (run === '' || known.has(run)) return;
  known.add(run);
  tell(run);
}
