import { createHash } from 'node:crypto';
import type { Tick } from '#agent';
import { dataMark } from '#domain/marker';
import { labels } from '#domain/name';
import { firstLine, publishable } from '#domain/publishable';
import type { ReviewDraft } from '#forge';
import { bodyFinding } from '#work/finding';
import type { ReviewAnswer } from './answer.ts';
import { shownLines } from './diff-lines.ts';
import type { Reviewable, ReviewerPorts } from './observe.ts';

const followUpsPerReview = 5;

/** The answer as a review of exactly this head. A comment on a line that the diff does not show goes into the body. */
export function draftReview(of: Reviewable, answer: ReviewAnswer, diff: string, run: string): ReviewDraft {
  const shown = shownLines(diff);
  const comments = (answer.comments ?? []).map((comment) => ({ ...comment, body: publishable(`**${comment.severity}**: ${comment.body}`, 4000) }));
  const inline = comments.filter((comment) => shown.get(comment.path)?.has(comment.line) === true);
  const rest = comments.filter((comment) => !inline.includes(comment));
  const round = of.earlier.length + 1;
  const verdict = { approve: 'Approved', request_changes: 'Changes requested', discuss: 'To be discussed (counts as changes requested)' }[answer.verdict];
  const body = [
    `**${verdict}**${round > 1 ? ` (round ${round})` : ''}`,
    publishable(answer.summary, 6000),
    ...rest.map((comment) => bodyFinding(comment, comment.body)),
    dataMark({ run, round, findings: comments.length }),
  ];
  return {
    verdict: answer.verdict === 'approve' ? 'approved' : 'changes-requested',
    head: of.pullRequest.head,
    body: body.join('\n\n'),
    comments: inline.map(({ path, line, body: text }) => ({ path, line, body: text })),
  };
}

/** Files what the review found beside the change, once each: an open issue with the same title is the same finding. */
export async function fileFollowUps(ports: ReviewerPorts, tick: Tick, of: Reviewable, answer: ReviewAnswer): Promise<readonly number[]> {
  const known = new Map([...ports.view.issues.values()].filter((issue) => issue.state === 'open').map((issue) => [fingerprint(issue.title), issue.number]));
  const filed: number[] = [];
  for (const followUp of (answer.followUps ?? []).slice(0, followUpsPerReview)) {
    const title = firstLine(followUp.title, 200);
    const key = fingerprint(title);
    if (title === '' || known.has(key)) continue;
    const body = `${publishable(followUp.body, 8000)}\n\nFound in the review of #${of.pullRequest.number}.\n\n${dataMark({ origin: 'review', pullRequest: of.pullRequest.number, run: tick.run })}`;
    const issue = await tick.effect('issue', `pr:${of.pullRequest.number}`, title, () =>
      ports.forge.createIssue({ title, body, labels: [labels.techDebt.name] }),
    );
    known.set(key, issue.number);
    filed.push(issue.number);
    tick.tell('follow-up', `issue:${issue.number}`, { title, from: of.pullRequest.number });
  }
  return filed;
}

/** Titles that differ in case, spaces or punctuation only are one finding. */
function fingerprint(title: string): string {
  const words = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return createHash('sha256').update(words).digest('hex');
}
