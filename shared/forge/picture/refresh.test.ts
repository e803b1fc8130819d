import { describe, expect, it } from 'vitest';
import type { Clock } from '#clock';
import type { Issue } from '#domain/issue';
import type { PullRequest } from '#domain/pull-request';
import { asSha } from '#domain/sha';
import { untrusted } from '#domain/untrusted';
import type { Change, Forge } from '#forge';
import { createManualClock } from '../../clock/manual.ts';
import { noItems } from './items.ts';
import { loadAll, loadChanges } from './refresh.ts';

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1) + second * 1000);
const common = { title: untrusted(''), body: untrusted(''), author: 'a', labels: new Set<string>(), assignees: [], createdAt: at(0), comments: 0 };
const issue = (number: number, second: number): Issue => ({ ...common, number, state: 'open', updatedAt: at(second) });
const sha = (digit: number): ReturnType<typeof asSha> => asSha(String(digit).repeat(40));
const pull = (number: number, second: number, head: number): PullRequest => ({
  ...common,
  number,
  state: 'open',
  draft: false,
  branch: `b${number}`,
  head: sha(head),
  base: 'main',
  mergeCommit: null,
  mergedBy: null,
  updatedAt: at(second),
});

/** A forge of two maps with a clock of whole seconds; `calls` names each request. */
function createTestForge(): {
  forge: Forge;
  issues: Map<number, Issue>;
  pulls: Map<number, PullRequest>;
  calls: string[];
  now: { second: number };
  between: (() => void)[];
} {
  const issues = new Map<number, Issue>();
  const pulls = new Map<number, PullRequest>();
  const calls: string[] = [];
  const now = { second: 0 };
  const between: (() => void)[] = [];
  const asked = <T>(name: string, value: T): Promise<T> => {
    calls.push(name);
    return Promise.resolve(value);
  };
  const forge: Partial<Forge> = {
    forgeTime: () => at(now.second),
    changes: (since) => {
      const all = [...[...issues.values()].map((each) => change('issue', each)), ...[...pulls.values()].map((each) => change('pull-request', each))];
      const found = all.filter((each) => (since === null ? each.issue.state === 'open' : each.updatedAt >= since));
      const answer = asked('changes', found);
      between.splice(0).forEach((happen) => happen());
      return answer;
    },
    listOpenPullRequests: () =>
      asked(
        'pulls',
        [...pulls.values()].filter((each) => each.state === 'open'),
      ),
    findPullRequest: (number) => asked(`pull ${number}`, pulls.get(number) ?? null),
    findIssue: (number) => asked(`issue ${number}`, issues.get(number) ?? null),
  };
  // Verbs that a refresh does not use are left out: calling one is a TypeError.
  return { forge: forge as Forge, issues, pulls, calls, now, between };
}

const change = (kind: Change['kind'], item: Issue | PullRequest): Change => ({
  kind,
  number: item.number,
  updatedAt: item.updatedAt,
  issue: { ...common, number: item.number, state: item.state === 'open' ? 'open' : 'closed', updatedAt: item.updatedAt },
});

/** Only durations matter here, and none passes. */
const still: Clock = { now: () => at(0), monotonic: () => 0, sleep: () => Promise.resolve(), after: () => () => {} };
const source = (forge: Forge): { forge: Forge; clock: Clock } => ({ forge, clock: still });
const none = new Set<number>();

describe('a refresh', () => {
  it('reads a pull request again that it read within the second of its change, then trusts it', async () => {
    const { forge, pulls, calls, now } = createTestForge();
    pulls.set(1, pull(1, 10, 1));
    now.second = 10;
    let items = await loadAll(source(forge), noItems);
    pulls.set(1, pull(1, 10, 2));
    now.second = 20;
    items = await loadChanges(source(forge), items, none);
    expect(items.pullRequests.get(1)?.pullRequest.head).toBe(sha(2));
    calls.length = 0;
    await loadChanges(source(forge), items, none);
    expect(calls).toEqual(['changes']);
  });

  it('looks a second time only after a while where the forge tells of changes itself, even when nothing else changed', async () => {
    const { forge, pulls, calls, now } = createTestForge();
    const clock = createManualClock(at(0));
    const patient = { forge, clock, patienceMs: () => 30_000 };
    pulls.set(1, pull(1, 10, 1));
    now.second = 10;
    let items = await loadAll(patient, noItems);
    pulls.set(1, pull(1, 10, 2));
    pulls.set(3, pull(3, 15, 3));
    now.second = 20;
    clock.advance(10_000);
    items = await loadChanges(patient, items, none);
    expect(items.pullRequests.get(1)?.pullRequest.head).toBe(sha(1));
    clock.advance(20_000);
    calls.length = 0;
    items = await loadChanges(patient, items, none);
    expect([calls, items.pullRequests.get(1)?.pullRequest.head]).toEqual([['changes', 'pull 1'], sha(2)]);
  });

  it('does not let a pull request that it read late hide changes that happened between', async () => {
    const { forge, issues, pulls, now, between } = createTestForge();
    issues.set(1, issue(1, 5));
    pulls.set(2, pull(2, 6, 1));
    now.second = 10;
    between.push(() => {
      issues.set(1, issue(1, 11));
      pulls.set(2, pull(2, 30, 2));
    });
    const items = await loadAll(source(forge), noItems);
    now.second = 40;
    expect((await loadChanges(source(forge), items, none)).issues.get(1)?.updatedAt).toEqual(at(11));
  });

  it('asks one list, not one request each, when many pull requests changed', async () => {
    const { forge, pulls, calls, now } = createTestForge();
    for (let number = 1; number <= 5; number += 1) pulls.set(number, pull(number, number, number));
    now.second = 20;
    await loadAll(source(forge), noItems);
    expect(calls).toEqual(['changes', 'pulls']);
  });

  it('a forge whose clock was set back hides nothing', async () => {
    const { forge, issues, now } = createTestForge();
    issues.set(1, issue(1, 1000));
    now.second = 10;
    const items = await loadAll(source(forge), noItems);
    issues.set(2, issue(2, 12));
    now.second = 20;
    expect((await loadChanges(source(forge), items, none)).issues.has(2)).toBe(true);
  });

  it('reading everything anew finds what was deleted, closed and opened again', async () => {
    const { forge, issues, pulls, now } = createTestForge();
    for (const number of [1, 2, 3]) issues.set(number, issue(number, number));
    pulls.set(4, pull(4, 4, 4));
    now.second = 10;
    const items = await loadAll(source(forge), noItems);
    issues.delete(1);
    issues.set(2, { ...issue(2, 2), state: 'closed' });
    pulls.set(4, { ...pull(4, 4, 4), state: 'merged' });
    const again = await loadAll(source(forge), items);
    expect([...again.issues].map(([number, each]) => [number, each.state]).toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
      [2, 'closed'],
      [3, 'open'],
    ]);
    expect(again.pullRequests.get(4)?.pullRequest.state).toBe('merged');
  });

  it('reads a forgotten pull request again, though nothing says that it changed', async () => {
    const { forge, pulls, calls, now } = createTestForge();
    pulls.set(1, pull(1, 1, 1));
    now.second = 10;
    const items = await loadAll(source(forge), noItems);
    calls.length = 0;
    await loadChanges(source(forge), items, new Set([1]));
    expect(calls).toEqual(['changes', 'pull 1']);
  });
});
