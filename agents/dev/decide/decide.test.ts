import { describe, expect, it } from 'vitest';
import type { DevStep, Item } from '#dev/snapshot';
import { labels } from '#domain/name';
import { issue, pending, pullRequest, red } from '#domain/test/sample';
import { backlog, blocked, failed, inProgress, item, limits, park, snapshot, times, work } from '../test/sample.ts';
import { decideDevStep } from './decide.ts';

/** The step, and on what: `implement #1`, `park untrusted-author #1`, `wait`. */
function say(step: DevStep): string {
  const slug = step.do === 'park' ? ` ${step.slug}` : '';
  if (step.do === 'drop') return `drop #${step.pullRequest.number}`;
  if (step.do === 'label-follow-up') return `label-follow-up #${step.issue.number}`;
  return 'item' in step ? `${step.do}${slug} #${step.item.issue.number}` : step.do;
}

const decide = (...items: readonly Item[]): string => say(decideDevStep(snapshot(items)));
const parked = (part: Parameters<typeof park>[0] = {}, more: Partial<Omit<Item, 'issue'>> = {}): Item =>
  item(1, { park: park(part), issue: { labels: blocked }, ...more });

describe('what is queued', () => {
  it.each<[string, Item, string]>([
    ['an empty owner', item(1), 'implement #1'],
    ['C13: my own claim after a restart', item(1, { owner: 'me', issue: { labels: inProgress } }), 'implement #1'],
    ['C2: my own claim before its label was set', item(1, { owner: 'me' }), 'implement #1'],
    ['C8: in progress by an agent whose claim is dead', item(1, { issue: { labels: inProgress, assignees: ['dev-2'] } }), 'implement #1'],
    ['C19: a leftover assignee without any label', item(1, { owner: 'me', issue: { labels: new Set() } }), 'nothing'],
    ['C12: in progress by nobody that we know', item(1, { issue: { labels: inProgress } }), 'nothing'],
    ['C1: another agent', item(1, { owner: 'other-agent' }), 'nothing'],
    ['C1: a person', item(1, { owner: 'person' }), 'nothing'],
    ['C14: no label of ours', item(1, { issue: { labels: new Set(['vision']) } }), 'nothing'],
    ['an open dependency', item(1, { waitsFor: [{ number: 3, state: 'open' }] }), 'nothing'],
    ['landed, not queued again', item(1, { landed: true, issue: { labels: new Set() } }), 'nothing'],
    ['landed, about to be closed', item(1, { landed: true, owner: 'me', issue: { labels: inProgress } }), 'nothing'],
    ['D4: landed and queued again by a person', item(1, { landed: true, nextAttempt: 2 }), 'implement #1'],
  ])('%s', (_, one, step) => expect(decide(one)).toBe(step));

  it('C17: oldest first, priority before, and begun before both', () => {
    const old = item(1);
    const urgent = item(5, { issue: { labels: new Set([labels.backlog.name, labels.priority.name]) } });
    const begun = item(9, { owner: 'me', issue: { labels: inProgress } });
    expect(decide(item(4), old)).toBe('implement #1');
    expect(decide(old, urgent)).toBe('implement #5');
    expect(decide(old, urgent, begun)).toBe('implement #9');
  });

  it('D13: whatever waits in front starves nothing behind it', () => {
    const waiting = times(30, (at) => item(at + 1, { waitsFor: [{ number: 99, state: 'open' }] }));
    expect(decide(...waiting, item(40))).toBe('implement #40');
  });

  it('D9: what belongs to others hides nothing of mine', () => {
    expect(decide(item(1, { owner: 'other-agent', issue: { labels: inProgress } }), item(2, { owner: 'me', issue: { labels: inProgress } }))).toBe(
      'implement #2',
    );
  });

  it('C20: a new attempt has a branch of its own', () => {
    expect(decideDevStep(snapshot([item(1, { nextAttempt: 3 })]))).toMatchObject({ do: 'implement', attempt: 3 });
  });

  it('waits at the limit of open pull requests, and says so', () => {
    const open = times(3, (at) => item(at + 1, { work: work({ checks: pending }), issue: { labels: inProgress } }));
    expect(decideDevStep(snapshot([...open, item(9)]))).toEqual({ do: 'wait', reason: '3 own pull requests are open, the limit is 3' });
    expect(decideDevStep(snapshot(open))).toEqual({ do: 'wait', reason: '3 pull requests wait for checks, review or merge' });
    expect(decideDevStep(snapshot([...open.slice(1), item(9)]))).toMatchObject({ do: 'implement' });
  });

  it('I2: a CI that is away holds up the repair, nothing else, and is what is waited for in the end', () => {
    const blind = item(1, { work: work({ checks: red, unread: 'CI does not answer' }) });
    expect(decide(blind, item(2))).toBe('implement #2');
    expect(decideDevStep(snapshot([blind]))).toEqual({ do: 'wait', reason: '#2: CI does not answer' });
  });

  it('D7: parks after three failed sessions, and a new word starts a new budget', () => {
    const spent = { attempts: times(3, () => failed('implement')) };
    expect(decide(item(1, spent))).toBe('park session-failed #1');
    expect(decide(item(1, { ...spent, park: park({ unparked: 'comment by @maintainer', at: '2026-01-04T00:00:00.000Z' }) }))).toBe('implement #1');
    expect(decide(item(1, { attempts: times(2, () => failed('implement')) }))).toBe('implement #1');
  });
});

describe('what must not be worked', () => {
  it.each<[string, Item, string]>([
    ['an outsider', item(1, { trusted: false, issue: { author: 'outsider', labels: new Set() } }), 'park untrusted-author #1'],
    ['an outsider who edited what was approved', item(1, { trusted: false, park: park({ unparked: 'x', approvedText: 'y' }) }), 'park untrusted-author #1'],
    ['D12: a cycle', item(1, { cycle: [1, 2], waitsFor: [{ number: 2, state: 'open' }] }), 'park dependency-cycle #1'],
    ['D12: itself', item(1, { cycle: [1], waitsFor: [{ number: 1, state: 'open' }] }), 'park dependency-cycle #1'],
    ['D12: a dependency that does not exist', item(1, { waitsFor: [{ number: 77, state: 'missing' }] }), 'park missing-dependency #1'],
    ['a parked dependency', item(1, { waitsFor: [{ number: 3, state: 'parked' }] }), 'park waits-for #3 #1'],
    ['C12: an issue that is not ours is left alone', item(1, { cycle: [1], issue: { labels: new Set(['vision']) } }), 'nothing'],
  ])('%s', (_, one, step) => expect(decide(one)).toBe(step));

  it('leaves outsiders alone where the policy says so, until somebody queues what they wrote', () => {
    const quiet = (one: Item): string => say(decideDevStep(snapshot([one], { limits: { ...limits, outsiders: 'ignore' } })));
    expect(quiet(item(1, { trusted: false, issue: { author: 'outsider', labels: new Set() } }))).toBe('nothing');
    expect(quiet(item(1, { trusted: false, issue: { author: 'outsider', labels: backlog } }))).toBe('park untrusted-author #1');
  });

  it('names the way round a cycle', () => {
    expect(decideDevStep(snapshot([item(1, { cycle: [1, 2] })]))).toMatchObject({ prose: '#1 → #2 → #1 wait for each other', until: 'condition' });
  });
});

describe('what is parked', () => {
  it.each<[string, Item, string]>([
    ['nothing was said', parked(), 'nothing'],
    ['a maintainer spoke', parked({}, { released: 'comment by @maintainer' }), 'un-park #1'],
    ['an outsider changed the text, and a maintainer approved one of the two', parked({}, { edited: true, released: 'x' }), 'park untrusted-author #1'],
    [
      'a maintainer approved a held change',
      parked({ held: { commit: 'c', branch: 'b', task: 't' } }, { released: 'comment by @maintainer' }),
      'publish-held #1',
    ],
    ['what it waits for is closed', parked({ until: 'closed', waitsFor: [3] }), 'un-park #1'],
    ['what it waits for is open', parked({ until: 'closed', waitsFor: [3] }, { waitsFor: [{ number: 3, state: 'open' }] }), 'nothing'],
    ['what it waits for is still parked', parked({ until: 'taken-up', waitsFor: [3] }, { waitsFor: [{ number: 3, state: 'parked' }] }), 'nothing'],
    ['what it waits for goes on', parked({ until: 'taken-up', waitsFor: [3] }, { waitsFor: [{ number: 3, state: 'open' }] }), 'un-park #1'],
    ['what it waited for while parked is closed', parked({ until: 'taken-up', waitsFor: [3] }), 'un-park #1'],
    ['the cycle is broken', parked({ until: 'condition' }), 'un-park #1'],
    ['the cycle is still there', parked({ until: 'condition' }, { cycle: [1] }), 'nothing'],
    ['the dependency is still missing', parked({ until: 'condition' }, { waitsFor: [{ number: 9, state: 'missing' }] }), 'nothing'],
    ['D4: its labels do not show it', parked({}, { mirrored: false }), 'mirror-park #1'],
    ['its pull request is red', parked({}, { work: work({ checks: red }) }), 'nothing'],
  ])('%s', (_, one, step) => expect(decide(one)).toBe(step));

  it('I2: one park holds up nothing else', () => {
    expect(decide(parked(), item(2))).toBe('implement #2');
  });
});

describe('what is in flight', () => {
  it('D1: my own red pull request is mine to repair whatever the assignee says', () => {
    for (const owner of ['me', 'nobody'] as const)
      expect(decide(item(1, { owner, work: work({ checks: red }), issue: { labels: inProgress } }))).toBe('fix-checks #1');
  });

  it('C10: a pull request that a person or a living agent holds is left to them', () => {
    for (const owner of ['person', 'other-agent'] as const)
      expect(decide(item(1, { owner, work: work({ checks: red }), issue: { labels: inProgress } }))).toBe('nothing');
  });

  it('C11: comes before new work; what waits for others does not hold new work up', () => {
    const asked = item(5, { work: work({ review: { verdict: 'changes-requested', asked: [3], requested: 1 } }), issue: { labels: inProgress } });
    expect(decide(item(1), asked)).toBe('address-review #5');
    expect(decide(item(1), item(5, { work: work(), issue: { labels: inProgress } }))).toBe('implement #1');
  });

  it('D11: closes my pull request when its issue was closed', () => {
    expect(say(decideDevStep(snapshot([item(1)], { stray: [pullRequest(7)] })))).toBe('drop #7');
  });

  it('what a review filed without its label is labelled before work goes on, after what people see of the parked', () => {
    const unlabelled = issue(8, { labels: new Set() });
    expect(say(decideDevStep(snapshot([item(1)], { unlabelled })))).toBe('label-follow-up #8');
    expect(say(decideDevStep(snapshot([item(1, { trusted: false })], { unlabelled })))).toBe('park untrusted-author #1');
  });

  it('an outsider whose text changed under a pull request parks it', () => {
    expect(decide(item(1, { trusted: false, work: work(), issue: { labels: inProgress } }))).toBe('park untrusted-author #1');
    expect(decide(item(1, { trusted: false, work: work(), issue: { labels: backlog } }))).toBe('park untrusted-author #1');
  });
});
