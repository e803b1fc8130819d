import { afterEach, describe, expect, it } from 'vitest';
import { ForgeError } from '#forge';
import { createHmac } from 'node:crypto';
import { createWorld } from './test/world.ts';
import type { World } from './test/world.ts';

const workflow = (...commands: string[]): string => `steps:\n  - name: check\n    commands:\n${commands.map((command) => `      - ${command}\n`).join('')}`;

let world: World;
const given = (files: Record<string, string>): World => (world = createWorld(files));
afterEach(() => world.end());

describe('nothing depends on a message arriving', () => {
  it('a webhook makes it look; what the webhook says is not believed', async () => {
    const w = given({ '.woodpecker.yaml': workflow('true') });
    const ci = await w.start({ webhookSecret: 's3cret' });
    await w.until(() => ci.idle());
    const head = w.commit('fix/issue-1', 'main', { 'b.txt': 'b' });
    w.open(1, 'fix/issue-1');
    const body = '{"lies": true}';
    const send = (signature: string, event: string) =>
      fetch(ci.webhookUrl, { method: 'POST', body, headers: { 'x-gitea-event': event, 'x-gitea-signature': signature } });
    expect((await send('00', 'push')).status).toBe(401);
    const lists = w.counts.lists;
    const signature = createHmac('sha256', 's3cret').update(body).digest('hex');
    await send(signature, 'status');
    expect(w.counts.lists).toBe(lists);
    expect((await send(signature, 'pull_request')).status).toBe(202);
    await w.until(() => w.state(head, 'ci/woodpecker')?.state === 'success');
  });

  it('C: a status that a dead process left pending is run again at the next start, one that is final is not', async () => {
    const w = given({ '.woodpecker/a.yaml': workflow('true'), '.woodpecker/b.yaml': workflow('true') });
    const head = w.commit('fix/issue-1', 'main', { 'b.txt': 'b' });
    w.open(1, 'fix/issue-1');
    await w.forge.postStatus(head, { context: 'ci/a', state: 'pending', description: 'running', targetUrl: null });
    await w.forge.postStatus(head, { context: 'ci/b', state: 'failure', description: 'no', targetUrl: null });
    const ci = await w.start();
    await w.until(() => ci.idle());
    expect(w.state(head, 'ci/a')?.state).toBe('success');
    expect(w.state(head, 'ci/b')?.state).toBe('failure');
  });

  it('stopping in the middle posts nothing; the next start runs it again', async () => {
    const w = given({ '.woodpecker.yaml': workflow('echo begun', 'test -e ../../../../go || sleep 600') });
    const first = await w.start();
    await w.until(() => w.statuses.length === 1);
    await first.close();
    expect(w.statuses.map((status) => status.state)).toEqual(['pending']);
    const head = w.statuses[0]?.head;
    await import('node:fs').then((fs) => fs.writeFileSync(`${w.directory}/../go`, ''));
    const second = await w.start();
    await w.until(() => second.idle());
    expect(head !== undefined && w.state(head, 'ci/woodpecker')?.state).toBe('success');
  });

  it('I7: a newer head cancels the run of the older one and says nothing about it', async () => {
    const w = given({ '.woodpecker.yaml': `when: {event: pull_request}\n${workflow('test -e fast || sleep 600')}` });
    const old = w.commit('fix/issue-1', 'main', { 'b.txt': 'b' });
    w.open(1, 'fix/issue-1');
    const ci = await w.start();
    await w.until(() => w.state(old, 'ci/woodpecker') !== undefined);
    const head = w.commit('fix/issue-1', 'main', { fast: '' });
    w.open(1, 'fix/issue-1');
    ci.wake();
    await w.until(() => ci.idle());
    expect(w.state(head, 'ci/woodpecker')?.state).toBe('success');
    expect(w.state(old, 'ci/woodpecker')?.state).toBe('pending');
  });

  it('keeps a result while the forge is away and posts it when it is back', async () => {
    const w = given({ '.woodpecker.yaml': workflow('true') });
    let refusals = 2;
    const postStatus: World['forge']['postStatus'] = async (head, status) => {
      if (status.state !== 'pending' && refusals-- > 0) throw new ForgeError('unavailable', 'away');
      await world.forge.postStatus(head, status);
    };
    const ci = await w.start({
      forge: { ...w.forge, postStatus },
      clock: (await import('#clock/system')).systemClock,
      chance: { id: (kind) => kind, random: () => 0, secret: () => '' },
    });
    await w.until(() => w.statuses.some((status) => status.state === 'success'));
    await w.until(() => ci.idle());
    expect(refusals).toBe(-1);
  });

  it('I14: a head that the forge shows before its branch is judged when it is there', async () => {
    const w = given({ '.woodpecker.yaml': `when: {event: pull_request}\n${workflow('true')}` });
    const before = w.commit('fix/issue-1', 'main', { 'b.txt': 'b' });
    w.open(1, 'fix/issue-1');
    let shown = '0123456789abcdef0123456789abcdef01234567' as typeof before;
    const listOpenPullRequests: World['forge']['listOpenPullRequests'] = async () =>
      (await w.forge.listOpenPullRequests()).map((pull) => ({ ...pull, head: shown }));
    const ci = await w.start({ forge: { ...w.forge, listOpenPullRequests } });
    await w.until(() => ci.idle());
    expect([w.statuses, ci.waiting()]).toEqual([[], null]);
    shown = before;
    ci.wake();
    await w.until(() => w.state(before, 'ci/woodpecker')?.state === 'success');
  });

  it('does not run the code of a fork', async () => {
    const w = given({ '.woodpecker.yaml': `when: {event: pull_request}\n${workflow('true')}` });
    w.commit('fix/issue-1', 'main', { 'b.txt': 'b' });
    w.open(1, 'fix/issue-1');
    w.commit('fix/issue-1', 'main', { 'c.txt': 'c' });
    const ci = await w.start();
    await w.until(() => ci.idle());
    expect(w.statuses).toEqual([]);
  });

  it('a wake that comes while a re-run makes it look is not lost', async () => {
    const w = given({ '.woodpecker.yaml': workflow('true') });
    let gate = Promise.resolve();
    let looks = 0;
    const listOpenPullRequests: World['forge']['listOpenPullRequests'] = async () => {
      looks += 1;
      await gate;
      return w.forge.listOpenPullRequests();
    };
    const ci = await w.start({ forge: { ...w.forge, listOpenPullRequests } });
    await w.until(() => ci.idle());
    const before = looks;
    const held = Promise.withResolvers<void>();
    gate = held.promise;
    const body = JSON.stringify({ sha: 'a'.repeat(40), contexts: ['ci/x'] });
    const asked = fetch(`${ci.url}/api/rerun`, { method: 'POST', body });
    await w.until(() => looks === before + 1);
    ci.wake();
    held.resolve();
    expect((await asked).status).toBe(404);
    await w.until(() => ci.idle());
    expect(looks).toBe(before + 2);
  });

  it('stops although the forge hangs', async () => {
    const w = given({ '.woodpecker.yaml': workflow('true') });
    let asked = 0;
    const ci = await w.start({ forge: { ...w.forge, listOpenPullRequests: () => ((asked += 1), new Promise(() => {})) } });
    await w.until(() => asked === 1);
    await ci.close();
    expect(w.statuses).toEqual([]);
  });

  it('asks the forge once per look when all is judged', async () => {
    const w = given({ '.woodpecker.yaml': workflow('true') });
    w.commit('fix/issue-1', 'main', { 'b.txt': 'b' });
    w.open(1, 'fix/issue-1');
    const listed: string[] = [];
    const listStatuses: World['forge']['listStatuses'] = async (head) => (listed.push(head), world.forge.listStatuses(head));
    const ci = await w.start({ forge: { ...w.forge, listStatuses } });
    await w.until(() => ci.idle());
    const before = { listed: listed.length, lists: w.counts.lists };
    ci.wake();
    await w.until(() => ci.idle());
    expect({ listed: listed.length, lists: w.counts.lists }).toEqual({ listed: before.listed, lists: before.lists + 1 });
  });
});
