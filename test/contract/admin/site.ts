import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedForge } from '../../../embedded/forge/server.ts';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { startGitea } from '../../setup/gitea.ts';
import { forgeOfEnvironment } from '../../setup/gitea/elsewhere.ts';

/** A running forge with a site administrator, and nothing else that matters. */
export interface AdminSite {
  /** What it is, with its version. */
  readonly name: string;
  readonly url: string;
  readonly admin: { readonly login: string; readonly password: string; readonly token: string };
  /** Where its own answers differ from Forgejo's description, exactly as found. */
  readonly differences: readonly string[];
  /** Others use it too: what is made there is removed again. */
  readonly shared: boolean;
  close(): Promise<void>;
}

export async function startEmbeddedSite(): Promise<AdminSite> {
  const directory = await mkdtemp(join(tmpdir(), 'disinto-admin-'));
  const forge = await startEmbeddedForge({ directory, clock: systemClock, chance: systemChance, settleMilliseconds: 0 });
  const admin = { login: 'site-admin', password: systemChance.secret(12) };
  await forge.seed.createUser(admin.login, { password: admin.password, admin: true });
  return {
    name: 'the embedded forge',
    url: forge.url,
    admin: { ...admin, token: forge.seed.createToken(admin.login, 'contract') },
    differences: [],
    shared: false,
    close: async () => {
      await forge.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Gitea's word for what Forgejo calls `apply_to_admins`; and it stumbles over a path that leads out of the repository. */
const ofGitea = [
  'patch /repos/{owner}/{repo}/branch_protections/{name} request: unknown property block_admin_merge_override',
  'post /repos/{owner}/{repo}/branch_protections request: unknown property block_admin_merge_override',
  'post /repos/{owner}/{repo}/contents: status 500',
];

export async function startRealSite(): Promise<AdminSite> {
  const forge = await startGitea();
  return {
    name: `the real forge, version ${forge.version}`,
    url: forge.url,
    admin: { ...forge.admin, token: forge.adminToken },
    differences: forge.version.startsWith('1.') ? ofGitea : [],
    shared: forgeOfEnvironment() !== null,
    close: forge.close,
  };
}
