import { describe, expect, it } from 'vitest';
import type { Contract } from '../part.ts';
import type { Account } from '../world.ts';

const writers: readonly Account[] = ['dev', 'reviewer', 'merger', 'ci'];

/** Two at the same time, each with an adapter of its own, as two processes have. */
export function raceContract({ make, shared, branch, shows }: Contract): void {
  describe('at the same time', () => {
    it('labels that two add and remove all come to what was asked for', async () => {
      const repository = await shared();
      const { number } = await repository.forge('dev').createIssue({ title: 'Race', body: '', labels: ['race-out'] });
      await repository.forge('dev').ensureLabelsExist(['race-a', 'race-b'].map((name) => ({ name, colour: '#00aabb', description: '' })));
      await Promise.all([
        repository.forge('dev').ensureLabels(number, { add: ['race-a'], remove: ['race-out'] }),
        repository.forge('merger').ensureLabels(number, { add: ['race-b'], remove: ['race-out'] }),
      ]);
      expect((await repository.forge('dev').findIssue(number))?.labels).toEqual(new Set(['race-a', 'race-b']));
      shows('ensureLabels', 'done');
    });

    it('a label that four make exists once', async () => {
      const repository = await make();
      const label = { name: 'backlog', colour: '#0075ca', description: 'Queued' };
      await Promise.all(writers.map((account) => repository.forge(account).ensureLabelsExist([label])));
      const listed = JSON.parse((await repository.raw('dev', 'GET', 'labels')).body) as { name: string }[];
      expect(listed.map((each) => each.name)).toEqual(['backlog']);
      const { number } = await repository.forge('dev').createIssue({ title: 'One label', body: '', labels: ['backlog'] });
      expect((await repository.forge('reviewer').findIssue(number))?.labels).toEqual(new Set(['backlog']));
      shows('ensureLabelsExist', 'done');
    });

    it('a comment with one key that two processes of one account write is one after the next look', async () => {
      const repository = await shared();
      const { number } = await repository.forge('dev').createIssue({ title: 'Two writers', body: '', labels: [] });
      const both = await Promise.all(['one', 'two'].map((text) => repository.forge('dev').ensureComment(number, 'race', text)));
      expect(both).toContain('created');
      await repository.forge('dev').ensureComment(number, 'race', 'three');
      const [only, ...more] = await repository.forge('dev').listComments(number);
      expect([only?.body.endsWith('three'), more]).toEqual([true, []]);
      shows('ensureComment', 'created', 'updated');
    });

    it('of pull requests that two open everybody gets the oldest from then on', async () => {
      const repository = await shared();
      const name = branch();
      await repository.push('dev', name, { [`${name}.txt`]: 'x' });
      const draft = { branch: name, base: 'main', title: 'Race', body: '' };
      const both = await Promise.all(['dev', 'merger'].map((account) => repository.forge(account as Account).ensurePullRequest(draft)));
      // A real forge may make two: nobody but who holds the claim opens one.
      expect(both.map((each) => each.created)).toContain(true);
      const oldest = Math.min(...both.map((each) => each.pullRequest.number));
      for (const account of ['dev', 'merger'] as const) {
        expect(await repository.forge(account).ensurePullRequest(draft)).toMatchObject({ created: false, pullRequest: { number: oldest } });
      }
      shows('ensurePullRequest', 'created', 'found');
    });

    it('a claim that four want is had by one', async () => {
      const repository = await shared();
      const ref = 'refs/disinto/claims/77';
      const claim = async (account: Account): Promise<boolean> => {
        const commit = await repository.git(account, 'commit-tree', 'HEAD^{tree}', '-m', `claim by ${account}`);
        return (await repository.git(account, 'push', `--force-with-lease=${ref}:`, 'origin', `${commit?.trim()}:${ref}`)) !== null;
      };
      const won = await Promise.all(writers.map(claim));
      expect(won.filter(Boolean)).toHaveLength(1);
      const held = (await repository.git('dev', 'ls-remote', 'origin', ref)) ?? '';
      await repository.git('dev', 'fetch', '-q', 'origin', ref);
      expect(held).not.toBe('');
      expect(await repository.git('dev', 'log', '-1', '--format=%s', 'FETCH_HEAD')).toBe(`claim by ${writers[won.indexOf(true)]}\n`);
    });

    it('an issue that two close is closed, and both are content', async () => {
      const repository = await shared();
      const { number } = await repository.forge('dev').createIssue({ title: 'Close me', body: '', labels: [] });
      await Promise.all([repository.forge('dev').ensureClosed(number), repository.forge('maintainer').ensureClosed(number)]);
      expect((await repository.forge('dev').findIssue(number))?.state).toBe('closed');
      shows('ensureClosed', 'done');
    });
  });
}
