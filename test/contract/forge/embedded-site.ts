import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '#clock';
import { startEmbeddedForge } from '../../../embedded/forge/server.ts';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import type { StartedSite } from './recorded-world.ts';
import { type Account, type Protection, accounts } from './world.ts';

/** The embedded forge with the contract's accounts, by a clock of its own if need be. */
export async function startEmbeddedSite(clock: Clock = systemClock): Promise<StartedSite> {
  const directory = await mkdtemp(join(tmpdir(), 'disinto-forge-'));
  const forge = await startEmbeddedForge({ directory, clock, chance: systemChance });
  for (const login of accounts) await forge.seed.createUser(login);
  const tokens = Object.fromEntries(accounts.map((login) => [login, forge.seed.createToken(login, 'contract')])) as Record<Account, string>;
  const admin = { login: 'site-admin', password: systemChance.secret(16) };
  await forge.seed.createUser(admin.login, { password: admin.password, admin: true });
  return {
    name: 'the embedded forge',
    site: {
      direct: forge.url,
      tokens,
      admin,
      createRepository: async (name) => {
        await forge.seed.createRepository('maintainer', name);
        for (const login of ['dev', 'reviewer', 'merger', 'ci']) forge.seed.addCollaborator(`maintainer/${name}`, login, 'write');
        forge.seed.addCollaborator(`maintainer/${name}`, 'reader', 'read');
        return 'empty';
      },
      protect: async (name, rule) => forge.seed.setProtection(`maintainer/${name}`, 'main', protectionOf(rule)),
    },
    close: async () => {
      await forge.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The protection of a branch in the words of REST. */
export const protectionOf = ({ contexts, approvals, mergers }: Protection) => ({
  enable_push: false,
  required_approvals: approvals,
  enable_status_check: contexts.length > 0,
  status_check_contexts: [...contexts],
  enable_merge_whitelist: true,
  merge_whitelist_usernames: [...mergers],
});
