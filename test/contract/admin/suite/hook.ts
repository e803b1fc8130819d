import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Delivered, startReceiver } from '../receiver.ts';
import type { AdminWorld } from '../world.ts';

const events = ['push', 'issues', 'issue_label', 'issue_comment', 'pull_request', 'pull_request_review', 'pull_request_sync', 'status'];

async function receiver(): Promise<{ url: string; delivered: readonly Delivered[] }> {
  const started = await startReceiver();
  onTestFinished(started.close);
  return started;
}

const soon = (until: () => boolean): Promise<unknown> => vi.waitFor(() => expect(until()).toBe(true), { timeout: 15_000, interval: 20 });

export function hookContract(world: () => AdminWorld): void {
  describe('hooks', () => {
    it('createHook and listHooks: active, with what was asked for, beyond one page', async () => {
      const { admin, repository } = world();
      const name = await repository();
      expect(await admin.listHooks(name)).toEqual([]);
      const id = await admin.createHook(name, { url: 'http://127.0.0.1:9/first', secret: 's3cret', events });
      const [hook] = await admin.listHooks(name);
      expect(hook).toMatchObject({ id, url: 'http://127.0.0.1:9/first', active: true });
      expect(events.filter((event) => hook?.events.includes(event) !== true)).toEqual([]);
      for (let at = 1; at <= 52; at += 1) await admin.createHook(name, { url: `http://127.0.0.1:9/${at}`, secret: 's', events: ['push'] });
      expect(new Set((await admin.listHooks(name)).map(({ url }) => url)).size).toBe(53);
    }, 60_000);

    it('createHook: an address that is none is refused', async () => {
      const { admin, repository } = world();
      await expect(admin.createHook(await repository(), { url: 'nonsense', secret: 's', events })).rejects.toMatchObject({ kind: 'invalid' });
    });

    it('testHook: delivers a signed push of the head, to this hook only', async () => {
      const { admin, repository } = world();
      const [name, one, other] = [await repository(), await receiver(), await receiver()];
      const id = await admin.createHook(name, { url: one.url, secret: 's3cret', events: ['push', 'status'] });
      await admin.createHook(name, { url: other.url, secret: 's3cret', events: ['push'] });
      await admin.testHook(name, id);
      await soon(() => one.delivered.length > 0);
      expect(one.delivered[0]).toMatchObject({ event: 'push', body: { ref: 'refs/heads/main', repository: { full_name: name } } });
      expect([one.delivered[0]?.signedWith('s3cret'), one.delivered[0]?.signedWith('other')]).toEqual([true, false]);
      expect(other.delivered).toEqual([]);
    });

    it('testHook: delivers nothing to a hook that asks for no pushes; without commits, or without the hook, not found', async () => {
      const { admin, repository } = world();
      const [empty, full, { url, delivered }] = [await repository({ initialise: false }), await repository(), await receiver()];
      const inEmpty = await admin.createHook(empty, { url, secret: 's', events: ['push'] });
      await expect(admin.testHook(empty, inEmpty)).rejects.toMatchObject({ kind: 'not-found' });
      await admin.testHook(full, await admin.createHook(full, { url, secret: 'of-status', events: ['status'] }));
      await admin.testHook(full, await admin.createHook(full, { url, secret: 'of-push', events: ['push'] }));
      await soon(() => delivered.length > 0);
      expect(delivered.map((each) => each.signedWith('of-push'))).toEqual([true]);
      await expect(admin.testHook(full, 99_999)).rejects.toMatchObject({ kind: 'not-found' });
    });

    it('editHook: a new address keeps events and secret, new events keep the address', async () => {
      const { admin, repository } = world();
      const [name, { url, delivered }] = [await repository(), await receiver()];
      const id = await admin.createHook(name, { url: 'http://127.0.0.1:9/old', secret: 'kept', events: ['status', 'issue_comment'] });
      const before = (await admin.listHooks(name))[0]?.events;
      expect(await admin.editHook(name, id, { url })).toBe(id);
      expect(await admin.listHooks(name)).toEqual([{ id, url, events: before, active: true, branchFilter: '' }]);
      await admin.editHook(name, id, { events: ['push'] });
      expect(await admin.listHooks(name)).toEqual([{ id, url, events: ['push'], active: true, branchFilter: '' }]);
      await admin.testHook(name, id);
      await soon(() => delivered.length > 0);
      expect(delivered[0]?.signedWith('kept')).toBe(true);
    });

    it('editHook: a new secret signs from then on, in one hook', async () => {
      const { admin, repository } = world();
      const [name, { url, delivered }] = [await repository(), await receiver()];
      const old = await admin.createHook(name, { url, secret: 'old', events: ['push', 'status'] });
      const id = await admin.editHook(name, old, { secret: 'new' });
      expect(await admin.listHooks(name)).toEqual([{ id, url, events: ['push', 'status'], active: true, branchFilter: '' }]);
      await admin.testHook(name, id);
      await soon(() => delivered.length > 0);
      expect(delivered.map((each) => each.signedWith('new'))).toEqual([true]);
    });

    it('editHook: switches a hook on that somebody switched off; one that is not there is not found', async () => {
      const { admin, ask, repository } = world();
      const name = await repository();
      const id = await admin.createHook(name, { url: 'http://127.0.0.1:9/x', secret: 's', events: ['push'] });
      expect((await ask('PATCH', `repos/${name}/hooks/${id}`, { active: false, events: ['push'] })).status).toBe(200);
      expect((await admin.listHooks(name)).map(({ active }) => active)).toEqual([false]);
      await admin.editHook(name, id, {});
      expect((await admin.listHooks(name)).map(({ active }) => active)).toEqual([true]);
      await expect(admin.editHook(name, 99_999, {})).rejects.toMatchObject({ kind: 'not-found' });
    });

    it('deleteHook: this one; gone already is fine', async () => {
      const { admin, repository } = world();
      const name = await repository();
      const id = await admin.createHook(name, { url: 'http://127.0.0.1:9/a', secret: 's', events: ['push'] });
      await admin.createHook(name, { url: 'http://127.0.0.1:9/b', secret: 's', events: ['push'] });
      for (let times = 0; times < 2; times += 1) await admin.deleteHook(name, id);
      expect((await admin.listHooks(name)).map(({ url }) => url)).toEqual(['http://127.0.0.1:9/b']);
    });
  });
}
