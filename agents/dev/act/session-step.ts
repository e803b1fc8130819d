import type { Outcome, Tick } from '#agent';
import { claimRef } from '#domain/name';
import type { Claim, Workspace } from '#git';
import { recordFailure, sessionLimits } from '#work/failure';
import { DevAnswer } from '#dev/answer';
import type { ChangeRequest, ChangeResult, DevPorts } from './change.ts';
import { acceptChange } from './publish.ts';
import { refuse } from './refuse.ts';
import { retireAndPoint } from './sweep.ts';
import { pushAgain, unpushedChange } from './unpushed.ts';

const leaseSeconds = 1800;

/** Claims the issue for this run, so that no other run or agent works on it (C1, C4: compare-and-swap, never assignees). */
export async function claimIssue(ports: DevPorts, tick: Tick, issue: number): Promise<Claim | Outcome> {
  let dead: Claim | null = null;
  const taken = await tick.effect('claim', claimRef(String(issue)), tick.run, () =>
    ports.git.claims.take(String(issue), {
      agent: tick.agent,
      run: tick.run,
      leaseSeconds,
      holderIsDead: (holder) => {
        dead = holder;
        return holder.agent === tick.agent && ports.ledger.runs.find(holder.run)?.endedAt !== null;
      },
    }),
  );
  if (taken.kind === 'taken') return { kind: 'waiting', reason: `#${issue} is claimed by ${taken.by.agent} until ${taken.by.expiresAt.toISOString()}` };
  if (taken.claim.takeover !== null && !isOwnEarlierStep(ports, tick, dead)) tick.tell('claim-taken-over', `issue:${issue}`, { reason: taken.claim.takeover });
  return taken.claim;
}

/** The claim of my own earlier step, which ended well, passes to the next step without a word. */
function isOwnEarlierStep(ports: DevPorts, tick: Tick, holder: Claim | null): boolean {
  return holder !== null && holder.agent === tick.agent && ports.ledger.runs.find(holder.run)?.end?.kind !== 'lost';
}

/** Pushes what an earlier session made and an outage kept here; else holds a session. */
export async function runChange(ports: DevPorts, tick: Tick, claim: Claim, request: ChangeRequest): Promise<ChangeResult> {
  const unpushed = await unpushedChange(ports, tick, request);
  return unpushed === null ? holdSession(ports, tick, claim, request) : pushAgain(ports, tick, claim, request, unpushed);
}

/** Runs one session in a workspace of its own and does with its answer what code allows. */
async function holdSession(ports: DevPorts, tick: Tick, claim: Claim, request: ChangeRequest): Promise<ChangeResult> {
  const { issue } = request.item;
  const me = await ports.forge.me();
  const workspace = await ports.git.openWorkspace({
    run: tick.run,
    at: request.at,
    branch: request.branch,
    author: { name: me, email: `${me}@disinto.invalid` },
    ...(request.merge === null ? {} : { merge: request.merge }),
  });
  const keep = keepClaim(ports, claim);
  tick.tell('session', `issue:${issue.number}`, { task: request.task, pr: request.pullRequest });
  const result = await ports.sessions.run({
    run: tick.run,
    agent: tick.agent,
    task: request.task,
    subject: { project: tick.project.name, issue: issue.number, title: issue.title, pullRequest: request.pullRequest },
    workspace: workspace.path,
    reads: [workspace.borrows],
    prompt: request.prompt,
    answer: DevAnswer,
    limits: sessionLimits(tick.settings.limits),
    signal: tick.signal,
  });
  keep.stop();
  switch (result.kind) {
    case 'busy':
      return end(ports, tick, request, { kind: 'waiting', reason: result.why }, 'no session was started');
    case 'cancelled':
      return end(ports, tick, request, { kind: 'waiting', reason: 'stopped before the session ended' }, 'stopped');
    case 'failed':
      return fail(ports, tick, request, result.error, result.why);
    case 'answered':
      return result.answer.status === 'done'
        ? done(ports, tick, workspace, request, result.answer, keep.claim())
        : declined(ports, tick, request, result.answer);
  }
}

async function done(ports: DevPorts, tick: Tick, workspace: Workspace, request: ChangeRequest, answer: DevAnswer, claim: Claim): Promise<ChangeResult> {
  const accepted = await acceptChange(ports, tick, { workspace, request, answer, claim });
  switch (accepted.kind) {
    case 'published':
      ports.ledger.sessions.accept(tick.run);
      await ports.git.retireWorkspace(tick.run, 'its commits are on the forge');
      return { kind: 'published', head: accepted.head, summary: answer.summary };
    case 'rejected':
      return fail(ports, tick, request, 'answer', accepted.why);
    case 'parked':
      if (accepted.counts) ports.ledger.sessions.accept(tick.run);
      if (!accepted.keepWorkspace) await ports.git.retireWorkspace(tick.run, accepted.outcome.kind);
      return { kind: 'ended', outcome: accepted.outcome };
    case 'lost':
      return end(ports, tick, request, { kind: 'waiting', reason: accepted.why }, accepted.why);
  }
}

async function declined(ports: DevPorts, tick: Tick, request: ChangeRequest, answer: DevAnswer): Promise<ChangeResult> {
  const outcome = await refuse(ports, tick, request, answer);
  ports.ledger.sessions.accept(tick.run);
  return end(ports, tick, request, outcome, `answered ${answer.status}`);
}

async function fail(ports: DevPorts, tick: Tick, request: ChangeRequest, error: string, why: string): Promise<ChangeResult> {
  const head = request.task === 'implement' ? '' : request.at;
  const { number } = request.item.issue;
  await recordFailure(ports, tick, number, request.comments, { task: request.task, at: ports.clock.now().toISOString(), head, error, why });
  return end(ports, tick, request, { kind: 'acted', did: `${request.task} of #${number} failed: ${why}` }, `failed: ${error}`);
}

/** Ends the tick; whatever the workspace holds is salvaged first, with a pointer on the issue's timeline. */
async function end(ports: DevPorts, tick: Tick, request: ChangeRequest, outcome: Outcome, why: string): Promise<ChangeResult> {
  await retireAndPoint(ports, tick, tick.run, { reason: why, issue: request.item.issue.number });
  return { kind: 'ended', outcome };
}

/** Renews the lease at a third of its length while a session runs. */
function keepClaim(ports: DevPorts, claim: Claim): { stop(): void; claim(): Claim } {
  let current = claim;
  let cancel: () => void = () => {};
  const renew = (): void => {
    cancel = ports.clock.after((leaseSeconds / 3) * 1000, () => {
      ports.git.claims
        .renew(current)
        .then((renewed) => {
          if (renewed.kind === 'renewed') current = renewed.claim;
          renew();
        })
        .catch(renew);
    });
  };
  renew();
  return { stop: () => cancel(), claim: () => current };
}
