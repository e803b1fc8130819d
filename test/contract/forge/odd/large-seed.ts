import type { Sha } from '#domain/sha';
import { asSha } from '#domain/sha';
import type { Account, TestRepository } from '../world.ts';

export interface Seeded {
  readonly repository: TestRepository;
  readonly issues: readonly number[];
  readonly pulls: readonly number[];
  readonly labels: readonly string[];
  /** The issue with 70 comments. */
  readonly talk: number;
  /** The issue with 60 label events. */
  readonly story: number;
  /** The pull request with 60 changed files, 55 reviews and one more with 60 inline comments; its head has 55 statuses. */
  readonly wide: number;
  readonly head: Sha;
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);

/** Fills the repository: what may come in any order goes in parallel, what has an order does not. */
export async function seedLarge(repository: TestRepository): Promise<Seeded> {
  const post = createPost(repository);
  const labels = upTo(60).map((at) => `label ${at}`);
  const head = await pushBranches(repository);
  await inParallel(labels, (name) => post('dev', 'labels', { name, color: '#00aabb' }));
  const issues = await inParallel(upTo(120), async (at) => numberOf(await post('dev', 'issues', { title: `Issue numbered ${at}`, body: '' })));
  const pulls = await inParallel(['wide', 'narrow-2', 'narrow-3'], async (name) =>
    numberOf(await post('dev', 'pulls', { head: name, base: 'main', title: `Pull ${name}` })),
  );
  await repository.raw('dev', 'PATCH', `issues/${numberOf(await post('dev', 'issues', { title: 'Closed' }))}`, { state: 'closed' });
  const [talk = 0, story = 0] = issues;
  const wide = pulls[0] ?? 0;
  const path = `pulls/${wide}/reviews`;
  const comments = upTo(60).map((at) => ({ path: `files/${at}.txt`, new_position: 1, body: `On ${at}` }));
  await Promise.all([
    inOrder(upTo(70), (at) => post('dev', `issues/${talk}/comments`, { body: `No. ${at}` })),
    tellStory(repository, story),
    inOrder(upTo(56), (at) =>
      post('reviewer', path, { event: 'COMMENT', commit_id: head, ...(at === 1 ? { body: 'See the files.', comments } : { body: `Look ${at - 1}` }) }),
    ),
    inOrder(upTo(55), (at) => post('ci', `statuses/${head}`, { context: `ci/${at}`, state: 'success' })),
  ]);
  return { repository, issues, pulls, labels, talk, story, wide, head };
}

type Post = (account: Account, path: string, body: object) => Promise<string>;

function createPost(repository: TestRepository): Post {
  return async (account, path, body) => {
    const answer = await repository.raw(account, 'POST', path, body);
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${answer.body}`);
    return answer.body;
  };
}

const numberOf = (body: string): number => (JSON.parse(body) as { number: number }).number;

/** `wide` changes 60 files. A real forge works for a second on each pull request, so there are few. */
async function pushBranches(repository: TestRepository): Promise<Sha> {
  const head = await repository.push('dev', 'wide', Object.fromEntries(upTo(60).map((at) => [`files/${at}.txt`, `${at}\n`])));
  const narrow = await repository.push('dev', 'narrow-2', { 'narrow.txt': 'x\n' });
  await repository.git('dev', 'push', '-q', 'origin', `${narrow}:refs/heads/narrow-3`);
  return asSha(head ?? '');
}

/** Label 1 comes and goes, 30 times. */
async function tellStory(repository: TestRepository, issue: number): Promise<void> {
  const label = (JSON.parse((await repository.raw('dev', 'GET', 'labels?limit=50')).body) as { id: number; name: string }[]).find(
    (each) => each.name === 'label 1',
  );
  for (let turn = 1; turn <= 30; turn += 1) {
    await repository.raw('dev', 'POST', `issues/${issue}/labels`, { labels: [label?.id] });
    await repository.raw('dev', 'DELETE', `issues/${issue}/labels/${label?.id}`);
  }
}

async function inOrder<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (const item of items) await work(item);
}

/** Four at a time: a forge on SQLite writes one after the other anyway. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const left = items.entries();
  const hand = async (): Promise<void> => {
    for (const [at, item] of left) results[at] = await work(item);
  };
  await Promise.all([hand(), hand(), hand(), hand()]);
  return results;
}
