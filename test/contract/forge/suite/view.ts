import { describe, expect, it } from 'vitest';
import { asSha } from '#domain/sha';
import type { Forge } from '#forge';
import { type Contract, eventually } from '../part.ts';
import type { TestRepository } from '../world.ts';

const secondPasses = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2100));

async function callsOf(forge: Forge, work: () => Promise<unknown>): Promise<number> {
  const before = forge.calls();
  await work();
  return forge.calls() - before;
}

export function viewContract({ make }: Contract): void {
  const busy = async (issues: number, pulls: number): Promise<TestRepository> => {
    const repository = await make();
    const forge = repository.forge('dev');
    for (let at = 1; at <= issues; at += 1) await forge.createIssue({ title: `Issue ${at}`, body: '', labels: ['backlog'] });
    for (let at = 1; at <= pulls; at += 1) {
      if (at === 1) await repository.push('dev', 'fix/issue-1', { '1.txt': 'x' });
      else await repository.raw('dev', 'POST', 'branches', { new_branch_name: `fix/issue-${at}`, old_ref_name: 'fix/issue-1' });
      await forge.ensurePullRequest({ branch: `fix/issue-${at}`, base: 'main', title: `Fix ${at}`, body: '' });
    }
    return repository;
  };

  let calm: Promise<TestRepository> | null = null;
  let plain: Promise<TestRepository> | null = null;
  /** Issue 1 and pull request 2; and issues 1 and 2: for the cases that leave no more than comments behind. */
  const oneOfEach = (): Promise<TestRepository> => (calm ??= busy(1, 1));
  const issuesOnly = (): Promise<TestRepository> => (plain ??= busy(2, 0));

  describe('a view', () => {
    it('loads 20 issues and 3 pull requests with two calls, and an idle refresh is one', async () => {
      const { view, forge } = (await busy(20, 3)).view('reviewer');
      await secondPasses();
      expect(await callsOf(forge, view.refresh)).toBe(2);
      expect([view.issues.size, view.pullRequests.size]).toEqual([20, 3]);
      await view.refresh();
      for (const turn of [1, 2, 3]) expect([turn, await callsOf(forge, view.refresh)]).toEqual([turn, 1]);
      expect(view.issues.get(3)?.labels).toEqual(new Set(['backlog']));
    });

    it('sees what changed: a push, a label, a closing, a new issue', async () => {
      const repository = await busy(2, 1);
      const dev = repository.forge('dev');
      const { view } = repository.view('reviewer');
      await view.refresh();
      const head = await repository.push('dev', 'fix/issue-1', { '1.txt': 'y' });
      await dev.ensureLabels(1, { add: ['blocked'], remove: ['backlog'] });
      await dev.ensureClosed(2);
      await dev.createIssue({ title: 'New', body: '', labels: [] });
      await view.refresh();
      expect(view.pullRequests.get(3)?.head).toBe(head);
      expect(view.issues.get(1)?.labels).toEqual(new Set(['blocked']));
      expect(view.issues.get(2)?.state).toBe('closed');
      expect(view.issues.get(4)?.title).toBe('New');
    });

    it('asks for details once until the item changes', async () => {
      const repository = await oneOfEach();
      const dev = repository.forge('dev');
      await dev.ensureComment(1, 'park', 'x');
      await repository.forge('merger').submitReview(2, { verdict: 'commented', head: await headOf(dev, 2), body: 'Hm.', comments: [] });
      await secondPasses();
      const { view, forge } = repository.view('reviewer');
      await view.refresh();
      const look = (): Promise<unknown> => Promise.all([view.comments(1), view.comments(1), view.reviews(2)]);
      expect(await callsOf(forge, look)).toBe(2);
      await view.refresh();
      expect(await callsOf(forge, look)).toBe(0);
      await dev.ensureComment(1, 'unpark', 'y');
      await view.refresh();
      expect(await callsOf(forge, look)).toBe(1);
      expect((await view.comments(1))[1]?.body).toContain('y');
      await dev.ensureComment(1, 'unpark', 'z');
      view.forget({ number: 1 });
      expect((await view.comments(1))[1]?.body).toContain('z');
    });

    it('keeps statuses as long as the caller accepts', async () => {
      const repository = await oneOfEach();
      const { view, forge } = repository.view('reviewer');
      await view.refresh();
      const head = view.pullRequests.get(2)?.head ?? asSha('0'.repeat(40));
      expect(await view.statuses(head, 60)).toEqual([]);
      await repository.forge('ci').postStatus(head, { context: 'ci/test', state: 'success', description: '', targetUrl: null });
      expect(await callsOf(forge, () => view.statuses(head, 60))).toBe(0);
      expect(await view.statuses(head, 0)).toHaveLength(1);
      await repository.forge('ci').postStatus(head, { context: 'ci/lint', state: 'success', description: '', targetUrl: null });
      view.forget({ head });
      expect(await view.statuses(head, 60)).toHaveLength(2);
    });

    it('loses no change that happens within the second in which it read', async () => {
      const repository = await oneOfEach();
      const dev = repository.forge('dev');
      const { view } = repository.view('reviewer');
      const before = (await dev.listComments(1)).length;
      let head = null;
      for (let turn = 1; turn <= 4; turn += 1) {
        head = await repository.push('dev', 'fix/issue-1', { '1.txt': `turn ${turn}` });
        await dev.ensureComment(1, `turn-${turn}`, 'x');
        // A real forge moves the pull request a moment after the push.
        const seen = async (): Promise<unknown> => {
          await view.refresh();
          return view.pullRequests.get(2)?.head;
        };
        await expect.poll(seen, eventually).toBe(head);
        expect(await view.comments(1)).toHaveLength(before + turn);
      }
    });

    it('does not ask for comments where there are none, unless told to forget', async () => {
      const repository = await issuesOnly();
      const { view, forge } = repository.view('reviewer');
      await view.refresh();
      expect(await callsOf(forge, () => view.comments(1))).toBe(0);
      await forge.ensureComment(1, 'mine', 'x');
      view.forget({ number: 1 });
      expect(await view.comments(1)).toHaveLength(1);
    });

    it('a refresh that fails leaves the old picture', async () => {
      const repository = await issuesOnly();
      const { view, forge } = repository.view('reviewer');
      await view.refresh();
      const broken = Object.assign(forge, { changes: () => Promise.reject(new Error('down')) });
      await expect(view.refresh()).rejects.toThrow('down');
      expect([broken.repository, view.issues.size]).toEqual([repository.name, 2]);
    });

    it('asks once for an issue that it does not hold', async () => {
      const repository = await issuesOnly();
      await repository.forge('dev').ensureClosed(1);
      const { view, forge } = repository.view('reviewer');
      await view.refresh();
      expect((await view.issue(1))?.state).toBe('closed');
      expect(await view.issue(77)).toBeNull();
      await view.refresh();
      expect(await callsOf(forge, () => Promise.all([view.issue(1), view.issue(77), view.issue(2)]))).toBeLessThanOrEqual(1);
    });
  });
}

async function headOf(forge: Forge, number: number): Promise<ReturnType<typeof asSha>> {
  return asSha((await forge.findPullRequest(number))?.head ?? '');
}
