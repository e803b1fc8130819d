import type { Ports } from '#agent';
import type { DevSnapshot } from '#dev/snapshot';

const adopted = new WeakMap<object, Set<string>>();

/** An answer whose effect stands on the forge counts as a round, even when its run died before it could say so. */
export function adoptRounds(ports: Pick<Ports, 'ledger' | 'view'>, seen: DevSnapshot): void {
  const known = adopted.get(ports.view) ?? new Set<string>();
  adopted.set(ports.view, known);
  for (const item of seen.items) {
    const runs = [...(item.work?.rounds ?? []).map((round) => round.run), item.park?.run ?? ''];
    for (const run of runs) {
      if (run === '' || known.has(run)) continue;
      known.add(run);
      ports.ledger.sessions.accept(run);
    }
  }
}
