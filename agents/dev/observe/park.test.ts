import { expect, it } from 'vitest';
import type { Comment } from '#domain/issue';
import { createPeople } from '#domain/people';
import { untrusted } from '#domain/untrusted';
import type { Park } from '#domain/park';
import type { TimelineEvent } from '#forge';
import { issue } from '#domain/test/sample';
import { park } from '../test/sample.ts';
import { isMirrored, releasedBy, textDigest } from './park.ts';

const people = createPeople({ maintainers: ['maintainer'], agents: ['dev', 'ci'] });
const comment = (id: number, author: string, body = 'go on'): Comment => ({
  id,
  author,
  body: untrusted(body),
  createdAt: new Date(0),
  updatedAt: new Date(0),
});
const held = { commit: 'c', branch: 'b', task: 'implement' };
const event = (id: number, actor: string, label: string, added: boolean): TimelineEvent => ({ id, kind: 'label', actor, at: new Date(0), label, added });

it.each<[string, readonly Comment[], readonly TimelineEvent[], string | null]>([
  ['nothing since', [comment(9, 'maintainer')], [event(10, 'maintainer', 'backlog', true)], null],
  ['a comment of a maintainer', [comment(11, 'Maintainer')], [], 'comment by @Maintainer'],
  ['a comment of an outsider', [comment(11, 'outsider')], [], null],
  ['C21: a comment of our own', [comment(11, 'dev')], [], null],
  ['the label backlog', [], [event(11, 'maintainer', 'backlog', true)], 'label `backlog` by @maintainer'],
  ['D4: the label blocked taken off', [], [event(11, 'maintainer', 'blocked', false)], 'label `blocked` by @maintainer'],
  ['the label backlog taken off', [], [event(11, 'maintainer', 'backlog', false)], null],
  ['another label', [], [event(11, 'maintainer', 'priority', true)], null],
  ['C19: a label by one of our agents', [], [event(11, 'dev', 'backlog', true)], null],
])('un-parks or not: %s', (_, comments, timeline, by) => {
  expect(releasedBy(park({ seen: 10 }), comments, timeline, people)).toBe(by);
});

it.each<[string, Partial<Park>, boolean]>([
  ['approved', { slug: 'untrusted-author' }, true],
  ['Thanks, but I do not think that we want this.', { slug: 'untrusted-author' }, false],
  ['Thanks, but I do not think that we want this.', { slug: 'session-failed' }, true],
  ['Why?', { slug: 'needs-information' }, true],
  ['Go on.', { slug: 'protected-change', held }, true],
  ['No, why does this change CI? Please leave the CI alone.', { slug: 'protected-change', held }, false],
  ['Hm.', { slug: 'protected-change', held }, false],
])('%j on %o releases: %s', (words, of, does) => {
  expect(releasedBy(park({ seen: 10, ...of }), [comment(11, 'maintainer', words)], [], people) !== null).toBe(does);
});

it.each([
  [['blocked'], true],
  [['blocked', 'priority'], true],
  [['blocked', 'backlog'], false],
  [['blocked', 'in-progress'], false],
  [['backlog'], false],
  [[], false],
])('labels %j show a park: %s', (names, shown) => expect(isMirrored(issue(1, { labels: new Set(names) }), 'dev')).toBe(shown));

it('a park that was cut off before the assignee went is not shown yet', () => {
  expect(isMirrored(issue(1, { labels: new Set(['blocked']), assignees: ['dev'] }), 'dev')).toBe(false);
});

it('an approved text is exactly that title and body', () => {
  const text = (title: string, body: string): string => textDigest({ title: untrusted(title), body: untrusted(body) });
  expect(text('a', 'b')).toBe(text('a', 'b'));
  expect(new Set([text('a', 'b'), text('ab', ''), text('a', 'b '), text('', 'ab')]).size).toBe(4);
});
