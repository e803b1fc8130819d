import type { Outcome, Tick } from '#agent';
import type { DevStep, Unanswered } from '#dev/snapshot';
import { dataMark } from '#domain/marker';
import { publishable } from '#domain/publishable';
import { short } from '#domain/sha';
import { findingsOfBody } from '#work/finding';
import type { DevPorts } from './change.ts';
import { summaryOf } from './trailers.ts';

/** Answers every finding of a review that was addressed, also those in its body: one comment per review, the same whichever run writes it. */
export async function reply(ports: DevPorts, tick: Tick, number: number, { review, from, round }: Unanswered, summary: string): Promise<void> {
  const { head, run } = round;
  const touched = new Set((await ports.git.listChangedFiles(from, head)).map((file) => file.path));
  const body = (await ports.view.reviews(number)).find(({ id }) => id === review)?.body ?? '';
  const findings = [...(await ports.view.reviewComments(number, review)), ...findingsOfBody(body)];
  const rows = findings.map((f) => `- \`${f.path}:${f.line}\`: ${touched.has(f.path) ? `changed in ${short(head)}` : 'not changed, see below'}`);
  const text = [`Reply to review ${review}, as of ${short(head)}:`, ...rows, '', publishable(summary, 4000), '', dataMark({ review, head, run })].join('\n');
  await tick.effect('comment', `pr:${number}`, `reply-${review}`, () => ports.forge.ensureComment(number, `reply-${review}`, text));
}

/** Replies that a dead run owes: the words are those of its commit. */
export async function owedReplies(ports: DevPorts, tick: Tick, { work }: Extract<DevStep, { do: 'reply' }>): Promise<Outcome> {
  const { number } = work.pullRequest;
  tick.subject(`pr:${number}`);
  for (const owed of work.review.unanswered) {
    const commit = await ports.git.readCommit(owed.round.head);
    await reply(ports, tick, number, owed, summaryOf(commit?.message ?? ''));
  }
  ports.view.forget({ number });
  return { kind: 'acted', did: `replied to the reviews of #${number} that an earlier run had addressed` };
}
