import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { untrusted } from '#domain/untrusted';
import type { ChangedFile } from '#git';
import { describeAnswer, renderPrompt } from '#session/prompt';
import { quote } from '#session/quote';
import { ReviewAnswer } from './answer.ts';
import type { Reviewable, ReviewerPorts } from './observe.ts';

const template = fileURLToPath(new URL('prompts/review.md', import.meta.url));
const diffBytes = 60_000;

/** The prompt of one review; everything that came from outside is quoted. */
export async function reviewPrompt(
  ports: ReviewerPorts,
  of: Reviewable,
  change: { readonly files: readonly ChangedFile[]; readonly diff: string; readonly facts: readonly string[] },
): Promise<string> {
  const { pullRequest: pull, issue } = of;
  const files = change.files.map((f) => `${f.change} ${f.path} (+${f.additions} -${f.deletions})`).join('\n');
  return renderPrompt(await readFile(template, 'utf8'), {
    head: pull.head,
    base: pull.base,
    number: String(issue.number),
    title: quote(issue.title, { source: `title of issue #${issue.number}`, maxBytes: 500 }),
    body: quote(issue.body, { source: `text of issue #${issue.number}`, maxBytes: 20_000 }),
    description: quote(pull.body, { source: `description of pull request #${pull.number}`, maxBytes: 8_000 }),
    facts: quote(untrusted(change.facts.join('\n')), { source: 'facts found by code; file names and lines come from the change', maxBytes: 10_000 }),
    earlier: await earlierRounds(ports, of),
    files: quote(untrusted(files), { source: 'changed files', maxBytes: 10_000 }),
    diff: quote(untrusted(change.diff), { source: 'the diff', maxBytes: diffBytes + 1000 }),
    answer: describeAnswer(ReviewAnswer),
  });
}

async function earlierRounds(ports: ReviewerPorts, of: Reviewable) {
  const last = of.earlier.at(-1);
  if (last === undefined) return 'This is the first review of this pull request.';
  const comments = await ports.view.reviewComments(of.pullRequest.number, last.id);
  const findings = comments.map((comment) => `${comment.path}:${comment.line} ${comment.body}`).join('\n');
  const since = await ports.git.diff(last.head, of.pullRequest.head, { maxBytes: 25_000 });
  return quote(untrusted(`Your review of ${last.head}:\n${last.body}\n${findings}\n\nChanges since then:\n${since}`), {
    source: `round ${of.earlier.length} of this review`,
    maxBytes: 40_000,
  });
}
