import { describe, expect, it } from 'vitest';
import type { Contract } from '../part.ts';
import type { TestRepository } from '../world.ts';

const draft = (title: string, labels: readonly string[] = []): { title: string; body: string; labels: readonly string[] } => ({
  title,
  body: `About ${title}.`,
  labels,
});

export function labelContract({ make, shared, shows }: Contract): void {
  describe('labels', () => {
    const carried = async (repository: TestRepository, number: number): Promise<readonly string[]> =>
      [...((await repository.forge('maintainer').findIssue(number))?.labels ?? [])].toSorted();

    it('are added and removed by name; unknown ones are created on add and ignored on remove', async () => {
      const repository = await shared();
      const forge = repository.forge('dev');
      const { number } = await forge.createIssue(draft('Labels', ['backlog']));
      await forge.ensureLabels(number, { add: ['in-progress', 'new one'], remove: ['backlog', 'never heard of'] });
      expect(await carried(repository, number)).toEqual(['in-progress', 'new one']);
      await forge.ensureLabels(number, { add: ['in-progress', 'new one'], remove: ['backlog', 'never heard of'] });
      expect(await carried(repository, number)).toEqual(['in-progress', 'new one']);
      shows('ensureLabels', 'done', 'again');
    });

    it('cost one call to add, and one to remove a label that was seen', async () => {
      const repository = await shared();
      const forge = repository.forge('dev');
      const { number } = await forge.createIssue(draft('Cheap', ['backlog']));
      const before = forge.calls();
      await forge.ensureLabels(number, { add: ['backlog'], remove: [] });
      expect(forge.calls() - before).toBe(1);
      await forge.ensureLabels(number, { add: [], remove: ['backlog'] });
      expect(forge.calls() - before).toBe(2);
      expect(await carried(repository, number)).toEqual([]);
    });

    it('are removed by an adapter that has seen nothing yet', async () => {
      const repository = await shared();
      const { number } = await repository.forge('dev').createIssue(draft('Fresh', ['backlog', 'keep']));
      await repository.forge('reviewer').ensureLabels(number, { add: [], remove: ['backlog'] });
      expect(await carried(repository, number)).toEqual(['keep']);
    });

    it('a label that was made anew under the same name is removed too', async () => {
      const repository = await make();
      const forge = repository.forge('dev');
      const { number } = await forge.createIssue(draft('Anew', ['backlog']));
      const listed = JSON.parse((await repository.raw('maintainer', 'GET', 'labels')).body) as { id: number }[];
      for (const { id } of listed) await repository.raw('maintainer', 'DELETE', `labels/${id}`);
      await repository.forge('reviewer').ensureLabels(number, { add: ['backlog'], remove: [] });
      await forge.ensureLabels(number, { add: [], remove: ['backlog'] });
      expect(await carried(repository, number)).toEqual([]);
      shows('ensureLabels', 'done');
    });

    it('of the repository exist after ensureLabelsExist, once each, and keep their colour', async () => {
      const repository = await make();
      const label = { name: 'backlog', colour: '#0075ca', description: 'Queued' };
      for (const turn of [1, 2])
        await repository
          .forge('dev')
          .ensureLabelsExist([label])
          .then(() => turn);
      await repository.forge('reviewer').ensureLabelsExist([
        { ...label, colour: '#ffffff' },
        { ...label, name: 'other' },
      ]);
      const listed = JSON.parse((await repository.raw('dev', 'GET', 'labels')).body) as { name: string; color: string }[];
      expect(listed.filter((each) => each.name === 'backlog').map((each) => each.color)).toEqual(['0075ca']);
      expect(listed.map((each) => each.name)).toContain('other');
      shows('ensureLabelsExist', 'done', 'again');
    });

    it('that no forge would take are refused', async () => {
      const forge = (await shared()).forge('dev');
      const { number } = await forge.createIssue(draft('Refused'));
      await expect(forge.ensureLabelsExist([{ name: 'odd', colour: 'mauve', description: '' }])).rejects.toMatchObject({ kind: 'invalid', status: 422 });
      await expect(forge.ensureLabels(number, { add: [''], remove: [] })).rejects.toMatchObject({ kind: 'invalid', status: 422 });
      shows('ensureLabelsExist', 'error invalid');
      shows('ensureLabels', 'error invalid');
    });

    it('an unknown label in a filter filters nothing, which is why the adapter filters by none', async () => {
      const repository = await make();
      await repository.forge('dev').createIssue(draft('Plain'));
      expect(JSON.parse((await repository.raw('dev', 'GET', 'issues?labels=nosuch')).body)).toHaveLength(1);
    });

    it('and states leave events in the timeline', async () => {
      const forge = (await shared()).forge('dev');
      const { number } = await forge.createIssue(draft('Story'));
      expect(await forge.listTimeline(number)).toEqual([]);
      await forge.ensureLabels(number, { add: ['backlog'], remove: [] });
      await forge.ensureLabels(number, { add: [], remove: ['backlog'] });
      await forge.ensureClosed(number);
      const story = (await forge.listTimeline(number)).map(({ kind, actor, label, added }) => ({ kind, actor, label, added }));
      expect(story).toEqual([
        { kind: 'label', actor: 'dev', label: 'backlog', added: true },
        { kind: 'label', actor: 'dev', label: 'backlog', added: false },
        { kind: 'close', actor: 'dev', label: null, added: null },
      ]);
      shows('listTimeline', 'some', 'none');
    });
  });
}
