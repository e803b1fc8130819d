import { isRefName } from './command/refs.ts';
import { gitFailure, classify } from './command/failure.ts';
import type { Run } from './command/run.ts';
import type { Clock } from '#clock';
import type { Sha } from '#domain/sha';
import type { PushResult, RefUpdate } from '#git';
import { parsePushReport, type RefReport } from './parse/push-report.ts';

export interface PushContext {
  readonly run: Run;
  readonly store: string;
  readonly forgeEnv: () => Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly listRefs: () => Promise<ReadonlyMap<string, Sha>>;
}

const attempts = 4;

/**
 * One atomic push, compare-and-swap on each ref.
 *
 * Git does not check a lease when the ref already has the value to be pushed: it says "up to date" and succeeds, also to the
 * second of two who push the same object. Here that counts as `moved` unless the expected value is the same one (or `any`), so
 * of two who create a ref from the same object exactly one hears `pushed`. Whoever repeats a push whose answer was lost hears
 * `moved` and finds his own value when he looks. For several refs at once the forge is read first, since an up-to-date ref
 * would not hold back the others.
 */
export async function push(context: PushContext, updates: readonly RefUpdate[]): Promise<PushResult> {
  check(updates);
  for (let attempt = 1; ; attempt += 1) {
    const blind = updates.length === 1 && attempt === 1 && updates[0]?.to !== null;
    const present = blind ? null : await context.listRefs();
    const moved = present === null ? [] : updates.filter(({ ref, expect }) => expect !== 'any' && (present.get(ref) ?? null) !== expect);
    if (moved.length > 0) return { kind: 'moved', refs: moved.map(({ ref }) => ref) };
    const needed = present === null ? updates : updates.filter(({ ref, to }) => (present.get(ref) ?? null) !== to);
    if (needed.length === 0) return { kind: 'pushed' };
    const result = await pushOnce(context, needed);
    if (result.kind !== 'contended') return result;
    if (attempt === attempts) return { kind: 'refused', why: result.why };
    await context.clock.sleep(50 * 2 ** attempt);
  }
}

async function pushOnce(
  { run, store, forgeEnv }: PushContext,
  updates: readonly RefUpdate[],
): Promise<PushResult | { readonly kind: 'contended'; readonly why: string }> {
  const leases = updates.flatMap(({ ref, expect }) => (expect === 'any' ? [] : [`--force-with-lease=${ref}:${expect ?? ''}`]));
  const specs = updates.map(({ ref, to, expect }) => `${expect === 'any' ? '+' : ''}${to ?? ''}:${ref}`);
  const args = [`--git-dir=${store}`, 'push', '--porcelain', '--atomic', '--no-verify', ...leases, 'forge', ...specs];
  const ran = await run({ args, env: forgeEnv(), accept: [0, 1, 128], seconds: 600 });
  const stdout = ran.stdout.toString('utf8');
  const reports = parsePushReport(stdout);
  if (ran.code !== 0 && /remote ref does not exist/.test(ran.stderr)) return { kind: 'contended', why: ran.stderr };
  if (reports.length === 0) throw gitFailure(classify(ran.stderr), 'git push', ran.stderr || stdout);
  if (/^remote: .*(?:No space left|Disk quota|temporary object directory)/m.test(ran.stderr))
    throw gitFailure('unavailable', 'git push (the forge)', ran.stderr);
  const isOurs = reports.some(({ reason }) => reason === 'unpacker error') && /^fatal: (?!the remote end)/m.test(ran.stderr);
  if (isOurs) throw gitFailure(classify(ran.stderr), 'git push', ran.stderr);
  return judge(updates, reports, ran.stderr);
}

function judge(
  updates: readonly RefUpdate[],
  reports: readonly RefReport[],
  stderr: string,
): PushResult | { readonly kind: 'contended'; readonly why: string } {
  const refused = reports.find(({ state }) => state === 'refused');
  const why = [refused?.reason, ...remoteLines(stderr)].filter((line) => line !== undefined).join('\n');
  if (refused !== undefined) return { kind: 'refused', why };
  const stale = reports.filter(({ state }) => state === 'stale').map(({ ref }) => ref);
  if (stale.length > 0) return { kind: 'moved', refs: stale };
  const contended = reports.find(({ state }) => state === 'contended' || state === 'with-others');
  if (contended !== undefined) return { kind: 'contended', why: [contended.reason, ...remoteLines(stderr)].join('\n') };
  const expected = new Map(updates.map(({ ref, to, expect }) => [ref, expect === 'any' || expect === to] as const));
  const taken = reports.filter(({ ref, state }) => state === 'same' && expected.get(ref) !== true).map(({ ref }) => ref);
  return taken.length > 0 && taken.length === updates.length ? { kind: 'moved', refs: taken } : { kind: 'pushed' };
}

function remoteLines(stderr: string): string[] {
  return stderr
    .split('\n')
    .flatMap((line) => (line.startsWith('remote: ') ? [line.slice(8).trim()] : []))
    .filter((line) => line !== '');
}

function check(updates: readonly RefUpdate[]): void {
  const refs = updates.map(({ ref }) => ref);
  const wrong = refs.find((ref) => !isRefName(ref));
  if (wrong !== undefined) throw new TypeError(`not a full ref name: ${wrong.slice(0, 120)}`);
  if (new Set(refs).size !== refs.length) throw new TypeError(`a ref twice in one push: ${refs.join(', ')}`);
}
