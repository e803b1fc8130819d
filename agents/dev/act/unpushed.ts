import type { Tick } from '#agent';
import { claimRef, trailer } from '#domain/name';
import { asSha, type Sha } from '#domain/sha';
import { type Claim, type Commit, GitError, type PushResult, type RefUpdate } from '#git';
import type { ChangeRequest, ChangeResult, DevPorts } from './change.ts';
import { causeOf, summaryOf } from './trailers.ts';

interface Unpushed {
  /** Whose session made it. */
  readonly run: string;
  readonly head: Sha;
  readonly summary: string;
}

/**
 * What an earlier run of this agent had judged and was about to push when the forge went away or the process died: it lies in the
 * store, and the ledger says that its push was begun and not confirmed. Null: there is none that fits the request.
 */
export async function unpushedChange({ ledger, git }: DevPorts, tick: Tick, request: ChangeRequest): Promise<Unpushed | null> {
  const target = `refs/heads/${request.branch}`;
  const isHere = (run: string): boolean => ledger.runs.find(run)?.project === tick.project.name;
  const last = ledger.effects.list({ target }).findLast((effect) => effect.kind === 'push' && isHere(effect.run));
  if (last === undefined || last.confirmedAt !== null) return null;
  const commit = await git.readCommit(asSha(last.detail));
  const run = commit === null ? null : madeFor(request, commit);
  if (commit === null || run === null || ledger.runs.find(run)?.agent !== tick.agent) return null;
  if (await git.isAncestor(commit.sha, request.at)) return null;
  const follows = request.expect === null ? (await git.mergeBase(request.at, commit.sha)) !== null : await git.isAncestor(request.at, commit.sha);
  return follows ? { run, head: commit.sha, summary: summaryOf(commit.message) } : null;
}

/** The run that made the commit for this very task and cause, or null. */
function madeFor(request: ChangeRequest, { trailers }: Commit): string | null {
  return trailers[trailer.task] === request.task && trailers[trailer.cause] === causeOf(request) ? (trailers[trailer.run] ?? null) : null;
}

/** Pushes it as its own run would have. What the forge refuses is not tried again: the next tick holds a new session. */
export async function pushAgain(ports: DevPorts, tick: Tick, claim: Claim, request: ChangeRequest, { run, head, summary }: Unpushed): Promise<ChangeResult> {
  const pushed = await pushChange(ports, tick, request, claim, head);
  if (pushed.kind !== 'pushed') return { kind: 'ended', outcome: { kind: 'waiting', reason: `the change of run ${run} was not pushed: ${pushed.kind}` } };
  ports.ledger.sessions.accept(run);
  await ports.git.retireWorkspace(run, 'its commits are on the forge');
  tick.tell('pushed-again', `issue:${request.item.issue.number}`, { head, run });
  return { kind: 'published', head, summary };
}

/** Moves the branch together with the proof that the claim is still ours. */
export async function pushChange(ports: DevPorts, tick: Tick, request: ChangeRequest, claim: Claim, head: Sha): Promise<PushResult> {
  const ref = `refs/heads/${request.branch}`;
  const fence = { ref: claimRef(claim.name), to: claim.commit, expect: claim.commit };
  return tick.effect('push', ref, head, () => pushOrWhy(ports, [{ ref, to: head, expect: request.expect }, fence]));
}

/** A push that can never succeed (no right, refused credential) uses up a try: it must not buy sessions for ever. An outage does not. */
async function pushOrWhy(ports: DevPorts, updates: readonly RefUpdate[]): Promise<PushResult> {
  try {
    return await ports.git.push(updates);
  } catch (error) {
    if (error instanceof GitError && error.kind !== 'unavailable' && error.kind !== 'rate-limited') return { kind: 'refused', why: error.message };
    throw error;
  }
}
