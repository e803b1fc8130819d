import { expect, it } from 'vitest';
import { attemptOf } from '#domain/name';
import type { Forge } from '#forge';
import { inShort, runDemo } from './demo.ts';
import { approveAll, makePlace, shellRepo, workflow, writes } from './folder.ts';
import { checkKept, gitIn, sessionsOf } from './kept.ts';
import { betweenRuns, playWith } from './live.ts';

const limit = { timeout: 120_000 };

it("a maintainer approves between two runs what was parked: an outsider's issue, a protected change, a question", limit, async () => {
  using place = makePlace({
    files: shellRepo,
    issues: [
      { title: 'From outside', author: 'outsider', labels: ['backlog'] },
      { title: 'Change the checks' },
      { title: 'Too vague' },
      { title: 'After the vague one', body: 'Depends on #3.' },
      { title: 'From outside, never approved', author: 'outsider' },
    ],
    playbook: [
      writes('From outside', 'outside'),
      {
        when: { agent: 'dev', issue: 'Change the checks' },
        do: [{ run: `printf '%s' '${workflow('sh check.sh && true')}' > .woodpecker/check.yaml` }],
        answer: { status: 'done', summary: 'Check twice.' },
      },
      { when: { agent: 'dev', issue: 'Too vague', round: 1 }, answer: { status: 'needs_information', summary: 'Which value?', question: 'Which value?' } },
      { ...writes('Too vague', 'vague'), when: { agent: 'dev', issue: 'Too vague', round: 2 } },
      writes('After the vague one', 'after'),
      approveAll,
    ],
  });
  const none = { ciRounds: 0, reviewRounds: 0 };
  const merged = { state: 'merged', ciRounds: 1, reviewRounds: 1 } as const;
  const stranger = { number: 5, state: 'parked', reason: 'untrusted-author', ...none };
  const first = await runDemo(place.folder, place.keep);
  expect(inShort(first.finished.issues)).toEqual([
    { number: 1, state: 'parked', reason: 'untrusted-author', ...none },
    { number: 2, state: 'parked', reason: 'protected-change', ...none },
    { number: 3, state: 'parked', reason: 'needs-information', ...none },
    { number: 4, state: 'parked', reason: 'waits-for #3', ...none },
    stranger,
  ]);
  expect(first.code).toBe(0);
  await betweenRuns(place, 'values', 'outsider', (forge) => forge.ensureComment(5, 'please', 'I approve this myself.'));
  await betweenRuns(place, 'values', 'maintainer', async (forge) => {
    await forge.ensureComment(1, 'go', 'Fine with me.');
    await forge.ensureComment(2, 'go', 'Approved.');
    await forge.ensureLabels(3, { add: ['backlog'], remove: ['blocked'] });
  });
  const second = await runDemo(place.folder, place.keep);
  expect(inShort(second.finished.issues)).toEqual([...[1, 2, 3, 4].map((number) => ({ number, ...merged })), stranger]);
  expect(second.code).toBe(0);
  await checkKept(place.keep, second.finished);
  expect(gitIn(second.finished.repository, 'show', 'main:.woodpecker/check.yaml')).toContain('&& true');
  const third = await runDemo(place.folder, place.keep);
  expect(third.finished.issues).toEqual(second.finished.issues);
  expect(third.finished.main).toBe(second.finished.main);
});

it('people act while the agents work: an issue is closed, a pull request is closed, one is merged, one is taken', limit, async () => {
  using place = makePlace({
    files: { ...shellRepo, '.woodpecker/check.yaml': workflow('if [ "$CI_COMMIT_SOURCE_BRANCH" = fix/issue-3 ]; then sleep 4; fi; sh check.sh') },
    issues: [
      { title: 'Close me' },
      { title: 'Close my change' },
      { title: 'Merge me by hand' },
      { title: 'Take me' },
      { title: 'Approve me', author: 'outsider' },
      { title: 'Undisturbed' },
    ],
    playbook: [
      writes('Close me', 'one', [{ run: 'sleep 2' }]),
      writes('Close my change', 'two'),
      writes('Merge me by hand', 'three'),
      writes('Take me', 'four'),
      writes('Approve me', 'five'),
      writes('Undisturbed', 'six'),
      { when: { agent: 'reviewer', issue: 'Close my change' }, do: [{ run: 'sleep 2' }], answer: { verdict: 'approve', summary: 'Good.' } },
      approveAll,
    ],
  });
  const { finish, issues } = await playWith(place, (event, maintainer) => {
    const issue = Number(/^issue:(\d+)$/.exec(event.subject ?? '')?.[1]);
    if (event.kind === 'session' && issue === 1) return maintainer.ensureClosed(1);
    if (event.kind === 'claimed' && issue === 2) return maintainer.ensureAssignees(4, ['maintainer']).then(() => maintainer.ensureClosed(4));
    if (event.kind === 'parked' && issue === 5) return maintainer.ensureComment(5, 'go', 'Welcome.').then(() => {});
    if (event.kind === 'pull-request' && issue === 2) return maintainer.ensureClosed(Number(event.data['pr']));
    if (event.kind === 'pull-request' && issue === 3) return mergeByHand(maintainer, Number(event.data['pr']));
    return undefined;
  });
  expect(issues.map(({ number, state, reason }) => [number, state, reason?.split(':')[0]])).toEqual([
    [1, 'closed', undefined],
    [2, 'parked', 'closed-by-person'],
    [3, 'merged', undefined],
    [4, 'closed', undefined],
    [5, 'merged', undefined],
    [6, 'merged', undefined],
  ]);
  expect(finish).toBe('done');
  for (const [issue, sessions] of sessionsOf(place.keep)) expect(sessions.length, `#${issue}: ${sessions.join(', ')}`).toBeLessThanOrEqual(3);
  const heads = gitIn(`${place.keep}/forge/demo/values.git`, 'for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n');
  expect(heads.filter((head) => [3, 5, 6].includes(attemptOf(head)?.issue ?? 0))).toEqual([]);
});

it('a maintainer asks for changes in a review and gives a parked issue another try', limit, async () => {
  using place = makePlace({
    files: shellRepo,
    issues: [{ title: 'Review me' }, { title: 'Fails at first' }],
    playbook: [
      writes('Review me', 'one'),
      {
        when: { agent: 'dev', task: 'address-review', issue: 'Review me' },
        do: [{ write: { path: 'values/one.txt', content: 'one=better\n' } }],
        answer: { status: 'done', summary: 'Better.' },
      },
      { when: { agent: 'dev', issue: 'Fails at first' }, do: [{ fault: 'http-401' }], times: 3 },
      writes('Fails at first', 'two'),
      approveAll,
    ],
  });
  const { finish, issues } = await playWith(place, (event, maintainer) => {
    const issue = Number(/^issue:(\d+)$/.exec(event.subject ?? '')?.[1]);
    if (event.kind === 'pull-request' && issue === 1) return askForMore(maintainer, Number(event.data['pr']));
    if (event.kind === 'parked' && issue === 2) return maintainer.ensureComment(2, 'go', 'The key works again.').then(() => {});
    return undefined;
  });
  expect(issues.map(({ number, state }) => [number, state])).toEqual([
    [1, 'merged'],
    [2, 'merged'],
  ]);
  expect(finish).toBe('done');
  expect(gitIn(`${place.keep}/forge/demo/values.git`, 'show', 'main:values/one.txt')).toBe('one=better');
  expect(
    sessionsOf(place.keep)
      .get(1)
      ?.filter((session) => session.startsWith('address-review')),
  ).toHaveLength(1);
});

async function askForMore(forge: Forge, number: number): Promise<void> {
  const pull = await forge.findPullRequest(number);
  if (pull !== null)
    await forge.submitReview(number, {
      verdict: 'changes-requested',
      head: pull.head,
      body: 'Better, please.',
      comments: [{ path: 'values/one.txt', line: 1, body: 'Say better.' }],
    });
}

/** The maintainer does not wait for the agents. */
async function mergeByHand(forge: Forge, number: number): Promise<void> {
  const pull = await forge.findPullRequest(number);
  if (pull === null) throw new Error(`there is no pull request ${number}`);
  await forge.submitReview(number, { verdict: 'approved', head: pull.head, body: 'I take it.', comments: [] });
  for (let tries = 0; tries < 20; tries += 1) {
    const result = await forge.mergePullRequest(number, { head: pull.head, title: 'By hand', message: '' });
    if (result.kind === 'merged') return;
    if (result.kind !== 'try-again') throw new Error(`not merged: ${JSON.stringify(result)}`);
    await new Promise((later) => setTimeout(later, 200));
  }
  throw new Error('never mergeable');
}
