import type { Outcome, Tick } from '#agent';
import { short } from '#domain/sha';
import { isAtShownHead } from '#work/current-head';
import { recordFailure, sessionLimits } from '#work/failure';
import { adoptReviews } from './adopt.ts';
import { ReviewAnswer } from './answer.ts';
import { decideReviewStep } from './decide.ts';
import { findFacts } from './facts.ts';
import { observeReviewer, type Reviewable, type ReviewerPorts } from './observe.ts';
import { reviewPrompt } from './prompt.ts';
import { draftReview, fileFollowUps } from './submit.ts';
import { type FinishedReview, keepUntilSent, unsentReview, wasSent } from './unsent.ts';

/** One step: review the oldest head that is ready for it. */
export async function runReviewer(ports: ReviewerPorts, tick: Tick): Promise<Outcome> {
  await adoptReviews(ports);
  const step = decideReviewStep(await observeReviewer(ports, tick));
  switch (step.do) {
    case 'nothing':
      return { kind: 'idle', reason: step.reason };
    case 'wait':
      return { kind: 'waiting', reason: step.reason };
    case 'review':
      return review(ports, tick, step.of);
  }
}

async function review(ports: ReviewerPorts, tick: Tick, of: Reviewable): Promise<Outcome> {
  const { pullRequest: pull, issue } = of;
  tick.subject(`pr:${pull.number}`);
  const unsent = unsentReview(ports.view, pull.head);
  if (unsent !== null) return post(ports, tick, of, unsent);
  if (!(await isAtShownHead(ports, pull))) return { kind: 'waiting', reason: `the forge still shows #${pull.number} at an older head` };
  tick.tell('observed', `pr:${pull.number}`, { head: pull.head, checks: of.checks, earlierReviews: of.earlier.length, failedSessions: of.failures });
  tick.tell('decided', `pr:${pull.number}`, { step: 'review', issue: issue.number });
  const base = (await ports.git.mergeBase(of.tip, pull.head)) ?? of.tip;
  const files = await ports.git.listChangedFiles(base, pull.head);
  const diff = await ports.git.diff(base, pull.head, { maxBytes: 60_000 });
  const prompt = await reviewPrompt(ports, of, { files, diff, facts: await findFacts(ports.git, pull, of.tip, files) });
  const me = await ports.forge.me();
  const workspace = await ports.git.openWorkspace({
    run: tick.run,
    at: pull.head,
    branch: `review-${pull.number}`,
    author: { name: me, email: `${me}@disinto.invalid` },
  });
  tick.tell('session', `pr:${pull.number}`, { task: 'review', issue: issue.number, round: of.earlier.length + 1 });
  const result = await ports.sessions.run({
    run: tick.run,
    agent: tick.agent,
    task: 'review',
    subject: { project: tick.project.name, issue: issue.number, title: issue.title, pullRequest: pull.number },
    workspace: workspace.path,
    reads: [workspace.borrows],
    prompt,
    answer: ReviewAnswer,
    limits: sessionLimits(tick.settings.limits),
    signal: tick.signal,
  });
  await ports.git.retireWorkspace(tick.run, 'the review ended');
  switch (result.kind) {
    case 'busy':
      return { kind: 'waiting', reason: result.why };
    case 'cancelled':
      return { kind: 'waiting', reason: 'stopped before the review ended' };
    case 'failed':
      await recordFailure(ports, tick, pull.number, of.comments, {
        task: 'review',
        at: ports.clock.now().toISOString(),
        head: pull.head,
        error: result.error,
        why: result.why,
      });
      return { kind: 'acted', did: `review of #${pull.number} failed: ${result.why}` };
    case 'answered':
      return submit(ports, tick, of, result.answer);
  }
}

/** Follow-ups first (found again by their title), then the review, which is the record that this head is done. */
async function submit(ports: ReviewerPorts, tick: Tick, of: Reviewable, answer: ReviewAnswer): Promise<Outcome> {
  const { pullRequest: pull } = of;
  const whole = await ports.git.diff((await ports.git.mergeBase(of.tip, pull.head)) ?? of.tip, pull.head, { maxBytes: 10_000_000 });
  const finished = { answer, draft: draftReview(of, answer, whole, tick.run), run: tick.run };
  keepUntilSent(ports.view, finished);
  return post(ports, tick, of, finished);
}

async function post(ports: ReviewerPorts, tick: Tick, of: Reviewable, { answer, draft, run }: FinishedReview): Promise<Outcome> {
  const { pullRequest: pull } = of;
  await fileFollowUps(ports, tick, of, answer);
  const done = await tick.effect('review', `pr:${pull.number}`, pull.head, () => ports.forge.submitReview(pull.number, draft));
  wasSent(ports.view, draft.head);
  if (done !== 'submitted') return { kind: 'waiting', reason: `the review of #${pull.number} was not taken: ${done}` };
  ports.ledger.sessions.accept(run);
  ports.view.forget({ number: pull.number });
  tick.tell('review', `pr:${pull.number}`, { verdict: draft.verdict, head: pull.head, issue: of.issue.number, comments: draft.comments.length });
  return { kind: 'acted', did: `reviewed #${pull.number} at ${short(pull.head)}: ${draft.verdict}` };
}
