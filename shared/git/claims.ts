import type { Chance, Clock } from '#clock';
import { claimRef } from '#domain/name';
import type { Sha } from '#domain/sha';
import { GitError, type Claim, type ClaimDraft, type Claims, type Commit, type PushResult, type RefUpdate } from '#git';
import { readRef, readRefs } from './command/refs.ts';
import { parseClaim, parseLease, renderClaim } from './parse/claim.ts';

export interface ClaimsContext {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly store: string;
  /** Brings the claim refs of the store up to date with the forge. */
  readonly refresh: () => Promise<void>;
  readonly createMark: (message: string) => Promise<Sha>;
  readonly readCommits: (shas: readonly Sha[]) => Promise<readonly Commit[]>;
  readonly push: (updates: readonly RefUpdate[]) => Promise<PushResult>;
}

type Wish = Omit<ClaimDraft, 'holderIsDead'> & { readonly name: string; readonly takeover: string | null };

const prefix = claimRef('');
const attempts = 5;

/**
 * Claims on the forge. The compare-and-swap of the ref decides who wins; every answer comes from the forge, not from the last fetch.
 *
 * Leases are compared with our own clock, without a tolerance: holders renew at a third of their lease, so the clocks of two
 * hosts may differ by two thirds of a lease before a live claim looks expired. Should that happen, the holder learns it from
 * `renew` (`lost`) before its next effect.
 */
export function createClaims(context: ClaimsContext): Claims {
  const list: Claims['list'] = async () => await listClaims(context);
  const find: Claims['find'] = async (name) => (await list()).find((claim) => claim.name === assertName(name)) ?? null;

  const take: Claims['take'] = async (name, draft) => {
    // A claim that we have heard of is looked at before we push: most often it still stands.
    let holder: Claim | null = (await readRef(context.store, claimRef(assertName(name)))) === null ? null : await find(name);
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const choice = choose(holder, draft, context.clock.now());
      if (holder !== null && choice.do !== 'replace') return choice.do === 'keep' ? { kind: 'claimed', claim: holder } : { kind: 'taken', by: holder };
      const claim = await replace(context, holder, { ...draft, name, takeover: choice.takeover });
      if (claim !== null) return { kind: 'claimed', claim };
      holder = await find(name);
    }
    if (holder !== null) return { kind: 'taken', by: holder };
    throw new GitError('unavailable', `claim ${name}: its ref changed ${attempts} times while we tried to take it; it is tried again on the next tick`);
  };

  const renew: Claims['renew'] = async (claim) => {
    const leaseSeconds = await leaseOf(context, claim);
    const renewed = await whileMine(claim, find, async (present) => await replace(context, present, { ...present, leaseSeconds }));
    return renewed === null ? { kind: 'lost' } : { kind: 'renewed', claim: renewed };
  };

  const release: Claims['release'] = async (claim) => {
    await whileMine(claim, find, async (present) => ((await swap(context, present.name, present, null)) ? present : null));
  };
  return { take, renew, release, find, list };
}

/** What to do about the present holder: keep it (mine), leave it (alive), or replace it, saying why. */
function choose(holder: Claim | null, draft: ClaimDraft, now: Date): { readonly do: 'keep' | 'leave' | 'replace'; readonly takeover: string | null } {
  if (holder === null) return { do: 'replace', takeover: null };
  const isExpired = holder.expiresAt.getTime() <= now.getTime();
  if (isSameRun(holder, draft)) return { do: isExpired ? 'replace' : 'keep', takeover: holder.takeover };
  const from = `${holder.agent} (run ${holder.run})`;
  if (isExpired) return { do: 'replace', takeover: `the lease of ${from} ended at ${holder.expiresAt.toISOString()}` };
  if (draft.holderIsDead(holder)) return { do: 'replace', takeover: `the run of ${from} has ended without giving it back` };
  return { do: 'leave', takeover: null };
}

/** Tries `act` on the claim as it is now for as long as it is this run's; null when it is not, or keeps changing. */
async function whileMine(claim: Claim, find: Claims['find'], act: (present: Claim) => Promise<Claim | null>): Promise<Claim | null> {
  let present: Claim | null = claim;
  for (let attempt = 1; attempt <= attempts && present !== null && isSameRun(present, claim); attempt += 1) {
    const done = await act(present);
    if (done !== null) return done;
    present = await find(claim.name);
  }
  return null;
}

/** Puts a new claim commit in place of the present one (null = none); null when somebody was faster. */
async function replace(context: ClaimsContext, present: Claim | null, wish: Wish): Promise<Claim | null> {
  const { agent, run, name, takeover, leaseSeconds } = wish;
  const expiresAt = new Date(context.clock.now().getTime() + leaseSeconds * 1000);
  const commit = await context.createMark(renderClaim({ agent, run, name, takeover, leaseSeconds, expiresAt, nonce: context.chance.secret(12) }));
  return (await swap(context, name, present, commit)) ? { name, agent, run, expiresAt, commit, takeover } : null;
}

async function swap({ push }: ClaimsContext, name: string, present: Claim | null, to: Sha | null): Promise<boolean> {
  const result = await push([{ ref: claimRef(assertName(name)), to, expect: present?.commit ?? null }]);
  if (result.kind === 'refused')
    throw new GitError(
      'failed',
      `claim ${name}: the forge refuses to change its ref: ${result.why}. Give the agent's account the right to write to the repository`,
    );
  return result.kind === 'pushed';
}

async function listClaims({ refresh, store, readCommits }: ClaimsContext): Promise<readonly Claim[]> {
  await refresh();
  const refs = await readRefs(store, prefix);
  const commits = new Map((await readCommits([...new Set(refs.values())])).map((commit) => [commit.sha, commit] as const));
  return [...refs].map(([ref, sha]) => parseClaim(ref.slice(prefix.length), sha, commits.get(sha) ?? null));
}

async function leaseOf({ refresh, readCommits }: ClaimsContext, claim: Claim): Promise<number> {
  const read = async (): Promise<Commit | undefined> => (await readCommits([claim.commit]))[0];
  const commit = await read().catch(async () => {
    await refresh();
    return await read().catch(() => undefined);
  });
  return (commit === undefined ? null : parseLease(commit)) ?? 600;
}

function isSameRun(a: { readonly agent: string; readonly run: string }, b: { readonly agent: string; readonly run: string }): boolean {
  return a.run === b.run && a.agent === b.agent;
}

function assertName(name: string): string {
  if (!/^[a-z0-9][a-z0-9-]*$/i.test(name)) throw new TypeError(`not a claim name: ${name.slice(0, 80)}`);
  return name;
}
