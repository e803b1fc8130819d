import type { World } from './world.ts';

/** Everything that is left of a story, one line each, without what differs from run to run: numbers, commits, times. */
export async function snapshot(world: World): Promise<readonly string[]> {
  const forge = world.direct;
  const items = [`open runs: ${world.ledger.runs.running().length}`];
  const pulls = await allOf((number) => forge.findPullRequest(number));
  const issues = await allOf((number) => forge.findIssue(number));
  for (const { number, title, state, labels, assignees } of issues) {
    items.push(`issue ${title}: ${state}, labels ${[...labels].toSorted().join(' ')}, assignees ${[...assignees].join(' ')}`);
    for (const { author, body } of await forge.listComments(number)) items.push(`issue ${title}: comment of ${author}: ${plain(body)}`);
  }
  for (const { number, title, state } of pulls) {
    items.push(`pull request ${title}: ${state}`);
    for (const { author, verdict } of await forge.listReviews(number)) items.push(`pull request ${title}: review of ${author}: ${verdict}`);
    for (const { author, body } of await forge.listComments(number)) items.push(`pull request ${title}: comment of ${author}: ${plain(body)}`);
  }
  for (const { task, subject } of world.sessions.asked) items.push(`session: ${task} for ${subject.title}`);
  const refs = (await world.repository.git('maintainer', 'ls-remote', '-q', 'origin')) ?? 'none';
  for (const line of refs.trim().split('\n')) items.push(`ref ${plain(line.split('\t')[1] ?? '')}`);
  return items.toSorted();
}

/** No story here has more items. */
const most = 12;

async function allOf<T>(find: (number: number) => Promise<T | null>): Promise<readonly T[]> {
  const found = await Promise.all(Array.from({ length: most }, (_, at) => find(at + 1)));
  return found.flatMap((each) => (each === null ? [] : [each]));
}

const plain = (text: string): string =>
  (text.split('\n').find((line) => line !== '' && !line.startsWith('<!-- disinto:data')) ?? '').replaceAll(/\b[0-9a-f]{7,64}\b/g, '…').replaceAll(/\d+/g, '#');

/** What is in `all` more often than in `some`. */
export function lacking(some: readonly string[], all: readonly string[]): readonly string[] {
  const left = [...some];
  return all.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
