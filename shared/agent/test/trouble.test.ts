import { expect, it } from 'vitest';
import { WaitError } from '#agent';
import { ForgeError } from '#forge';
import { GitError } from '#git';
import type { HostedAgent } from '../hosted.ts';
import { mayEndForAll, troubleOf, troubleOfLook } from '../trouble.ts';

const slot = {
  settings: { identity: 'dev-bot', tokenFile: 'secrets/dev.token' },
  project: { name: 'demo', repository: 'acme/widgets' },
  config: { forge: { url: 'http://forge.test' } },
} as unknown as HostedAgent;

it('git and REST of a forge that asks for patience are one cause', () => {
  const [byGit, byRest] = [troubleOf(new GitError('rate-limited', '429'), slot), troubleOfLook(new ForgeError('rate-limited', '429'), slot)];
  expect([byGit.cause, byGit.kind]).toEqual([byRest.cause, 'wait']);
  expect([mayEndForAll(byGit), mayEndForAll({ ...byRest, retryAfterSeconds: 60 })]).toEqual([true, false]);
});

it('a right that lacks in git is no bad token, and an archived repository is to be un-archived', () => {
  const lacks = troubleOf(new GitError('forbidden', 'git push: remote: User permission denied for writing.'), slot);
  expect(lacks).toMatchObject({ cause: 'forge forbidden dev-bot', mend: expect.stringContaining('give the account dev-bot') as string });
  const archived = troubleOf(new GitError('forbidden', 'git push: remote: This repo is archived. You cannot push.'), slot);
  expect(archived.mend).toMatch(/^un-archive acme\/widgets/);
  expect(troubleOfLook(new ForgeError('forbidden', 'POST pulls: 423 acme/widgets is archived'), slot).mend).toBe(archived.mend);
});

it('what a run waits for and no port can name is a wait with a cause and a mend of its own', () => {
  const met = troubleOf(new WaitError('branch missing acme/widgets main', 'acme/widgets has no branch main', 'name the branch'), slot);
  expect(met).toMatchObject({ kind: 'wait', cause: 'branch missing acme/widgets main', reason: 'acme/widgets has no branch main', mend: 'name the branch' });
});
