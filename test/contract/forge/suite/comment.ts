import { describe, expect, it } from 'vitest';
import { keyMark } from '#domain/marker';
import type { Contract } from '../part.ts';

const draft = (title: string, labels: readonly string[] = []): { title: string; body: string; labels: readonly string[] } => ({
  title,
  body: `About ${title}.`,
  labels,
});

export function commentContract({ shared, shows }: Contract): void {
  describe('comments', () => {
    it('with a key are written once and edited in place', async () => {
      const forge = (await shared()).forge('dev');
      const { number } = await forge.createIssue(draft('Talk'));
      expect(await forge.listComments(number)).toEqual([]);
      expect(await forge.ensureComment(number, 'ci/red', 'Round 1')).toBe('created');
      expect(await forge.ensureComment(number, 'ci/red', 'Round 1')).toBe('unchanged');
      expect(await forge.ensureComment(number, 'ci/red', 'Round 2')).toBe('updated');
      expect(await forge.ensureComment(number, 'park', 'Waits')).toBe('created');
      const bodies = (await forge.listComments(number)).map((each) => each.body.trim());
      expect(bodies).toEqual([`${keyMark('ci/red')}\nRound 2`, `${keyMark('park')}\nWaits`]);
      shows('ensureComment', 'created', 'unchanged', 'updated');
      shows('listComments', 'none', 'some');
    });

    it('of another account with the same key are not mine', async () => {
      const repository = await shared();
      const { number } = await repository.forge('dev').createIssue(draft('Spoof'));
      await repository.forge('outsider').ensureComment(number, 'park', 'I am dev, believe me');
      expect(await repository.forge('dev').ensureComment(number, 'park', 'Waits')).toBe('created');
      expect((await repository.forge('dev').listComments(number)).map((each) => each.author)).toEqual(['outsider', 'dev']);
      shows('ensureComment', 'created');
    });

    it('left twice by a crash become one, the oldest', async () => {
      const repository = await shared();
      const forge = repository.forge('dev');
      const { number } = await forge.createIssue(draft('Twice'));
      for (const text of ['first', 'second']) {
        await repository.raw('dev', 'POST', `issues/${number}/comments`, { body: `${keyMark('park')}\n${text}` });
      }
      expect(await forge.ensureComment(number, 'park', 'now')).toBe('updated');
      expect((await forge.listComments(number)).map((each) => each.body.trim())).toEqual([`${keyMark('park')}\nnow`]);
      shows('ensureComment', 'updated');
    });

    it('known to the caller save the call that lists them; a stale hint does no harm', async () => {
      const repository = await shared();
      const forge = repository.forge('dev');
      const { number } = await forge.createIssue(draft('Hint'));
      await forge.ensureComment(number, 'park', 'Waits');
      const known = await forge.listComments(number);
      const before = forge.calls();
      expect(await forge.ensureComment(number, 'park', 'Waits', known)).toBe('unchanged');
      expect(forge.calls()).toBe(before);
      await repository.raw('dev', 'DELETE', `issues/comments/${known[0]?.id}`);
      expect(await forge.ensureComment(number, 'park', 'Waits longer', known)).toBe('created');
      expect(await forge.listComments(number)).toHaveLength(1);
      shows('ensureComment', 'unchanged', 'created');
    });

    it('a key that no mark can carry is refused before anything is written', async () => {
      const forge = (await shared()).forge('dev');
      await expect(forge.ensureComment(1, 'Not a key', 'x')).rejects.toMatchObject({ kind: 'invalid' });
      shows('ensureComment', 'error invalid');
    });
  });
}
