import { expect, it } from 'vitest';
import type { Issue } from '#domain/issue';
import { dataMark } from '#domain/marker';
import type { People } from '#domain/people';
import { untrusted } from '#domain/untrusted';
import { type Forge, ForgeError, type TimelineEvent } from '#forge';
import type { View } from '#forge/view';
import { issue } from '#domain/test/sample';
import { unlabelledFollowUp } from './follow-ups.ts';

const people = { isAgent: (login: string) => login.endsWith('-bot') } as People;
const filed = (number: number, part: Partial<Issue> = {}): Issue =>
  issue(number, {
    author: 'reviewer-bot',
    labels: new Set(),
    body: untrusted(`Too slow.\n\n${dataMark({ origin: 'review', pullRequest: 3, run: 'r' })}`),
    ...part,
  });

function setUp(issues: readonly Issue[], timeline: (number: number) => Promise<readonly Partial<TimelineEvent>[]> = () => Promise.resolve([])) {
  const asked: number[] = [];
  const forge = {
    listTimeline: (number: number) => {
      asked.push(number);
      return timeline(number);
    },
  } as unknown as Forge;
  const view = { issues: new Map(issues.map((each) => [each.number, each])) } as unknown as View;
  return { asked, find: async () => (await unlabelledFollowUp({ forge, view }, people))?.number ?? null };
}

it('finds what a review of ours filed and could not label, and asks about nothing else', async () => {
  const { asked, find } = setUp([
    filed(1),
    filed(2, { labels: new Set(['tech-debt']) }),
    filed(3, { state: 'closed' }),
    filed(4, { author: 'passer-by' }),
    filed(5, { body: untrusted('no mark') }),
  ]);
  expect([await find(), asked]).toEqual([1, [1]]);
});

it('one that was deleted meanwhile does not hide the next', async () => {
  const { find } = setUp([filed(1), filed(2)], (number) =>
    number === 1 ? Promise.reject(new ForgeError('not-found', 'issue 1 is gone')) : Promise.resolve([]),
  );
  expect(await find()).toBe(2);
});

it('a label that somebody took off again stays off, and is asked about once', async () => {
  const { asked, find } = setUp([filed(1)], () => Promise.resolve([{ id: 7, actor: 'dev-bot', label: 'tech-debt', added: true }]));
  expect([await find(), await find(), asked]).toEqual([null, null, [1]]);
});
