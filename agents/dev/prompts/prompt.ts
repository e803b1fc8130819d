import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Tick } from '#agent';
import type { Comment } from '#domain/issue';
import { labels } from '#domain/name';
import { untrusted } from '#domain/untrusted';
import { describeAnswer, renderPrompt } from '#session/prompt';
import { quote } from '#session/quote';
import { identities } from '#work/identities';
import { DevAnswer } from '#dev/answer';
import type { DevPorts } from '#dev/act/change';
import type { DevSnapshot, Item, Work } from '#dev/snapshot';

type Name = 'implement' | 'fix-checks' | 'address-review' | 'resolve-conflict';

function template(name: Name): Promise<string> {
  return readFile(fileURLToPath(new URL(`${name}.md`, import.meta.url)), 'utf8');
}

function issueValues(item: Item) {
  const { issue } = item;
  return {
    number: String(issue.number),
    title: quote(issue.title, { source: `title of issue #${issue.number}`, maxBytes: 500 }),
    body: quote(issue.body, { source: `text of issue #${issue.number}`, maxBytes: 30_000 }),
    answer: describeAnswer(DevAnswer),
  };
}

/** Only maintainers' comments reach the prompt; everybody else may write there, but not to the model (§9.5). */
export async function implementPrompt(
  tick: Tick,
  item: Item,
  more: { readonly branch: string; readonly comments: readonly Comment[]; readonly seen: DevSnapshot },
): Promise<string> {
  const { people } = identities(tick.config, tick.project);
  const said = more.comments.filter((comment) => people.isMaintainer(comment.author)).map((comment) => `@${comment.author}: ${comment.body}`);
  const backlog = more.seen.items
    .filter((other) => other.trusted && other.issue.number !== item.issue.number && other.issue.labels.has(labels.backlog.name))
    .slice(0, 30)
    .map((other) => `#${other.issue.number} ${other.issue.title}`);
  const failed = item.attempts.filter((attempt) => attempt.task === 'implement').at(-1);
  return renderPrompt(await template('implement'), {
    ...issueValues(item),
    base: tick.project.branch,
    branch: more.branch,
    comments: said.length === 0 ? '' : quote(untrusted(said.join('\n\n')), { source: 'comments by maintainers', maxBytes: 10_000 }),
    backlog: backlog.length === 0 ? 'None.' : quote(untrusted(backlog.join('\n')), { source: 'titles of other issues', maxBytes: 5_000 }),
    recovery: failed === undefined ? '' : quote(untrusted(`An earlier session failed: ${failed.why}`), { source: 'what happened before', maxBytes: 1_000 }),
  });
}

export async function fixChecksPrompt(ports: DevPorts, tick: Tick, item: Item, work: Work, cause: string): Promise<string> {
  const red = work.merge.kind === 'red-result' ? work.merge.commit : work.pullRequest.head;
  const statuses = await ports.view.statuses(red, Number.POSITIVE_INFINITY);
  const own = statuses.filter((status) => status.creator === tick.project.ci.account);
  const failed = own.filter((status) => status.state === 'failure' || status.state === 'error');
  const failures = await ports.ci.failures(red, failed);
  const text = failures.map((f) => `== ${f.context}, step "${f.step}", exit code ${f.exitCode ?? 'none (killed or out of time)'}\n${f.log}`).join('\n\n');
  const passing = own.filter((status) => status.state === 'success').map((status) => status.context);
  const note =
    work.merge.kind === 'red-result'
      ? `The head itself is green. Merged with the present ${work.pullRequest.base} it is red; the base is being merged into this checkout.\n\n`
      : '';
  return renderPrompt(await template('fix-checks'), {
    ...issueValues(item),
    branch: work.pullRequest.branch,
    failures: quote(untrusted(`${note}${text === '' ? cause : text}`), { source: 'CI log', maxBytes: 24_000 }),
    passing: passing.length === 0 ? 'none' : quote(untrusted([...new Set(passing)].join(', ')), { source: 'contexts', maxBytes: 2_000 }),
    round: String(work.rounds.filter((round) => round.task === 'fix-checks' && round.cause === cause).length + 1),
    rounds: String(tick.project.policy.fixRounds),
  });
}

export async function addressReviewPrompt(ports: DevPorts, item: Item, work: Work): Promise<string> {
  const { number } = work.pullRequest;
  const reviews = (await ports.view.reviews(number)).filter((review) => work.review.asked.includes(review.id));
  const parts: string[] = [];
  for (const review of reviews) {
    const comments = await ports.view.reviewComments(number, review.id);
    parts.push([`Review ${review.id} by @${review.author}:`, review.body, ...comments.map((c) => `${c.path}:${c.line}: ${c.body}`)].join('\n'));
  }
  return renderPrompt(await template('address-review'), {
    ...issueValues(item),
    branch: work.pullRequest.branch,
    review: quote(untrusted(parts.join('\n\n')), { source: 'review', maxBytes: 24_000 }),
  });
}

export async function conflictPrompt(tick: Tick, item: Item, work: Work): Promise<string> {
  const paths = work.merge.kind === 'conflict' ? work.merge.paths : [];
  return renderPrompt(await template('resolve-conflict'), {
    ...issueValues(item),
    base: tick.project.branch,
    branch: work.pullRequest.branch,
    conflict: quote(untrusted(`These files conflict:\n${paths.join('\n')}`), { source: 'paths of the change', maxBytes: 4_000 }),
  });
}
