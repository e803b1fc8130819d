import { expect, it } from 'vitest';
import type { Issue } from '#domain/issue';
import { dataMark } from '#domain/marker';
import type { People } from '#domain/people';
import { untrusted } from '#domain/untrusted';
import type { Forge, TimelineEvent } from '#forge';
import type { View } from '#forge/view';
import { issue } from '#domain/test/sample';
import { unlabelledFollowUps } from './follow-ups.ts';

const people = { isAgent: (login: string) => login.endsWith('-bot') } as People;
const filed = (number: number, part: Partial<Issue> = {}): Issue =>
  issue(number, {
    author: 'reviewer-bot',
    labels: new Set(),
    body: untrusted(`Too slow.\n\n${dataMark({ origin: 'review', pullRequest: 3, run: 'r' })}`),
    ...part,
  });

function setUp(issues: readonly Issue[], timeline: readonly Partial<TimelineEvent>[] = []) {
  const asked: number[] = [];
  const forge = {
    listTimeline: (number: number) => {
      asked.push(number);
      return Promise.resolve(timeline);
    },
  } as unknown as Forge;
  const view = { issues: new Map(issues.map((each) => [each.number, each])) } as unknown as View;
  return { asked, find: async () => (await unlabelledFollowUps({ forge, view }, people)).map((each) => each.number) };
}

it('finds what a review of ours filed and could not label, and asks about nothing else', async () => {
  const { asked, find } = setUp([
    filed(1),
    filed(2, { labels: new Set(['tech-debt']) }),
    filed(3, { state: 'closed' }),
    filed(4, { author: 'passer-by' }),
    filed(5, { body: untrusted('no mark') }),
  ]);
  expect([await find(), asked]).toEqual([[1], [1]]);
});

it('a label that somebody took off again stays off, and is asked about once', async () => {
  const { asked, find } = setUp([filed(1)], [{ id: 7, actor: 'dev-bot', label: 'tech-debt', added: true }]);
  expect([await find(), await find(), asked]).toEqual([[], [], [1]]);
});
