import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startEmbeddedForge } from '../../../embedded/forge/server.ts';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { forgeContract } from './contract.ts';
import { description, deviations, templateOf } from './description.ts';
import { type Site, makeRepository } from './make-repository.ts';
import { type Exchange, startRecorder } from './recorder.ts';
import type { Account, Protection, TestWorld } from './world.ts';

const accounts: readonly Account[] = ['maintainer', 'dev', 'reviewer', 'merger', 'ci', 'reader', 'outsider'];
const recorded: Exchange[] = [];

async function makeWorld(): Promise<TestWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'disinto-forge-'));
  const forge = await startEmbeddedForge({ directory, clock: systemClock, chance: systemChance });
  const recorder = await startRecorder(forge.url);
  for (const login of accounts) await forge.seed.createUser(login);
  const tokens = Object.fromEntries(accounts.map((login) => [login, forge.seed.createToken(login, 'contract')])) as Record<Account, string>;
  const admin = { login: 'site-admin', password: systemChance.secret(16) };
  await forge.seed.createUser(admin.login, { password: admin.password, admin: true });
  const cleanups: (() => Promise<void>)[] = [];
  const site: Site = {
    url: recorder.url,
    direct: forge.url,
    tokens,
    admin,
    createRepository: async (name) => {
      await forge.seed.createRepository('maintainer', name);
      for (const login of ['dev', 'reviewer', 'merger', 'ci']) forge.seed.addCollaborator(`maintainer/${name}`, login, 'write');
      forge.seed.addCollaborator(`maintainer/${name}`, 'reader', 'read');
    },
    protect: async (name, rule) => forge.seed.setProtection(`maintainer/${name}`, 'main', protectionOf(rule)),
  };
  let made = 0;
  return {
    repository: async () => {
      const { repository, remove } = await makeRepository(site, `r${(made += 1)}`);
      cleanups.push(remove);
      return repository;
    },
    close: async () => {
      recorded.push(...recorder.exchanges);
      await recorder.close();
      await forge.close();
      for (const clean of [...cleanups, () => rm(directory, { recursive: true, force: true })]) await clean();
    },
  };
}

const protectionOf = ({
  contexts,
  approvals,
  mergers,
}: Protection): Parameters<Awaited<ReturnType<typeof startEmbeddedForge>>['seed']['setProtection']>[2] => ({
  enable_push: false,
  required_approvals: approvals,
  enable_status_check: contexts.length > 0,
  status_check_contexts: [...contexts],
  enable_merge_whitelist: true,
  merge_whitelist_usernames: [...mergers],
});

forgeContract('the embedded forge', makeWorld);

describe("Forgejo's own API description", () => {
  it('allows every request of the adapter and every answer of the embedded forge', () => {
    expect(recorded.length).toBeGreaterThan(100);
    expect([...new Set(recorded.flatMap(deviations))]).toEqual([]);
  });

  it('was covered: the contract used every endpoint that the adapter knows', () => {
    const used = new Set(recorded.map((each) => `${each.method} ${templateOf(each.path)}`));
    const known = Object.entries(description.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
    // Asked for only after a forge refused an inline comment, which the embedded one does not.
    expect(known.filter((each) => !used.has(each))).toEqual(['get /repos/{owner}/{repo}/pulls/{index}.{diffType}']);
  });

  it('would not pass an unknown endpoint, parameter, property or type', () => {
    const good: Exchange = { method: 'get', path: '/repos/o/r/issues', query: ['since'], requestBody: '', status: 200, contentType: '', responseBody: '[]' };
    expect(deviations(good)).toEqual([]);
    const post = { ...good, method: 'post', query: [], status: 201, responseBody: '{}' };
    const bad: readonly Exchange[] = [
      { ...good, path: '/repos/o/r/nosuch' },
      { ...good, query: ['sort'] },
      { ...good, responseBody: '[{"number":"1"}]' },
      { ...good, responseBody: '[{"updated_at":"yesterday"}]' },
      { ...good, status: 500 },
      { ...post, requestBody: '{"body":"no title"}' },
      { ...post, requestBody: '{"title":"t","labels":["name"]}' },
      { ...post, requestBody: '{"title":"t","colour":"red"}' },
    ];
    expect(bad.map((each) => deviations(each).length)).toEqual(bad.map(() => 1));
  });
});
