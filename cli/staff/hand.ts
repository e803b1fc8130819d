import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '#config';
import type { Forge } from '#forge';
import { ForgeError } from '#forge';
import type { Ledger } from '#ledger';
import type { SecretRegistry } from '#log';
import { type EmbeddedForge, startEmbeddedForge } from '../../embedded/forge/server.ts';
import { systemChance, systemClock } from '../../shared/clock/system.ts';
import { processEnvironment } from '../../shared/config/environment.ts';
import { parseConfig } from '../../shared/config/load.ts';
import { readSecret, readSecretFile } from '../../shared/config/secret.ts';
import { createForgeAdmin } from '../../shared/forge/admin/forge-admin.ts';
import { createForge } from '../../shared/forge/forgejo.ts';
import { createSecretRegistry } from '../../shared/log/mask.ts';
import { silentLog } from '../../shared/log/pino.ts';
import { CliError } from '../command.ts';
import type { ForgeContext } from '../init/context.ts';
import { createGitHand } from '../init/git-hand.ts';
import { forgeKey, openJournal, takesOurToken } from '../init/journal.ts';
import { createSecretFiles } from '../init/secret-files.ts';
import { accountsOf } from '../init/settings.ts';
import { listenAddress } from '../start/address.ts';
import { openIfThere } from './list/look.ts';

/** The disinto.toml as it is. */
export interface ConfigText {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
  readonly config: Config;
}

export function readConfigText(file: string): ConfigText {
  const text = readFileSync(file, 'utf8');
  return { file, text, config: parseConfig(text, file) };
}

/** What hiring and firing act with. */
export interface StaffContext extends ForgeContext {
  /** Null before anything ran. */
  readonly ledger: Ledger | null;
  /** A repository as the administrator sees it. */
  forge(repository: string): Forge;
  readonly mask: SecretRegistry['mask'];
}

/**
 * Connects to the forge as its administrator for as long as `act` runs; an embedded forge that is not running is served meanwhile.
 * Throws `CliError` without a token that the forge takes, and `ForgeError`.
 */
export async function withHand<T>(present: ConfigText, adminTokenFile: string | null, act: (hand: StaffContext) => Promise<T>): Promise<T> {
  const secrets = createSecretRegistry();
  const adminToken = readAdminToken(adminTokenFile, present.file);
  secrets.add(adminToken);
  const forge = await serveIfNeeded(present.config);
  const ledger = openIfThere(present.config);
  try {
    const hand = await connect(present, { secrets, adminToken, ledger });
    try {
      return await act(hand);
    } finally {
      await hand.git.close();
    }
  } finally {
    ledger?.close();
    await forge?.close();
  }
}

interface Means {
  readonly secrets: SecretRegistry;
  readonly adminToken: string;
  readonly ledger: Ledger | null;
}

async function connect({ file, config }: ConfigText, { secrets, adminToken, ledger }: Means): Promise<StaffContext> {
  const { url, timeoutSeconds } = config.forge;
  const common = { url, token: () => adminToken, timeoutSeconds, clock: systemClock, chance: systemChance, log: silentLog, mask: secrets.mask };
  const admin = createForgeAdmin(common);
  const me = await admin.me().catch((error: unknown) => {
    if (error instanceof ForgeError && error.kind === 'auth')
      throw new CliError(`the forge at ${url} refuses the admin token; make a new one and name its file with --admin-token-file`, 1, error);
    throw error;
  });
  const files = createSecretFiles(secrets);
  const accounts = Object.values(config.projects).flatMap((project) => accountsOf(config, project, file));
  const knowsUs = (): Promise<boolean> => takesOurToken(admin, files, accounts);
  return {
    admin,
    me,
    settings: { file, config, accounts: [] },
    journal: await openJournal(join(config.instance.data, 'init.json'), systemClock, { key: forgeKey(config.forge), knowsUs }),
    secrets: files,
    git: createGitHand(url, secrets.mask),
    adminToken,
    clock: systemClock,
    chance: systemChance,
    ledger,
    forge: (repository) => createForge({ ...common, repository }),
    mask: secrets.mask,
  };
}

/** The embedded forge of the instance, unless somebody answers at its address; null when there is nothing to serve. */
async function serveIfNeeded({ forge, instance }: Config): Promise<EmbeddedForge | null> {
  if (!forge.embedded) return null;
  const answer = await fetch(`${forge.url}/api/v1/version`).catch(() => null);
  if (answer !== null) return null;
  return startEmbeddedForge({ directory: join(instance.data, 'forge'), ...listenAddress(forge.url, 'forge.url'), clock: systemClock, chance: systemChance });
}

/** The file that was named, what the environment says, or the token of an embedded forge. */
function readAdminToken(named: string | null, config: string): string {
  const usual = join(dirname(config), 'secrets', 'admin.token');
  const token = named === null ? readSecret('DISINTO_ADMIN_TOKEN', processEnvironment()) : readSecretFile(named);
  if (token !== null) return token;
  if (existsSync(usual)) return readSecretFile(usual);
  throw new CliError(
    'accounts and rights are set up with the token of a site admin of the forge, which no agent holds: put one into a file (chmod 600) and name it with --admin-token-file F',
    2,
  );
}
