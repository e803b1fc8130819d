import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { createConfigFile, editConfigFile } from '../../../shared/config/edit/save.ts';
import type { ConfigEdit } from '../../../shared/config/edit/edit.ts';
import type { Check } from '#pipeline';
import type { ConfigPart } from '../../../shared/config/schema.ts';
import { parseToml } from '../../../shared/config/toml.ts';
import { newConfigText } from '../config-text.ts';
import { type InitContext, type InitStep } from '../context.ts';
import { acceptedBy } from './git-access.ts';
import { tokenWorks } from './token.ts';
import type { ConfigValue } from '../../../shared/config/edit/value.ts';
import { tableOf, type WantedConfig } from '../wanted-config.ts';

/** Writes the disinto.toml, or adds what a present one lacks; nothing that is there is changed. Last, so that a file that is there can be started with. */
export const configFileStep = (): InitStep => ({
  id: 'config/disinto.toml',
  title: 'disinto.toml',
  failure: 'fatal',
  timeoutSeconds: 30,
  check: async (context) => unwritable(foldersOf(context)) ?? checkFile(context, await wantedOn(context)),
  apply: async (context) => {
    const { file } = context.settings;
    const wanted = await wantedOn(context);
    const text = textOf(file);
    if (text === null) {
      await createConfigFile(file, newConfigText(wanted));
      return { note: 'written' };
    }
    await editConfigFile(file, editsFor(parseToml(text, file).value, wanted));
    return { note: 'completed' };
  },
});

const foldersOf = ({ settings: { file, secretFile, journalFile, accounts } }: InitContext): ReadonlySet<string> =>
  new Set([file, secretFile, journalFile, ...accounts.flatMap(({ tokenFile, passwordFile }) => [tokenFile, passwordFile])].map(dirname));

/** The first of the folders that cannot be written to, or made. */
export function unwritable(folders: Iterable<string>): Check | null {
  for (const folder of folders) {
    const standing = nearest(folder);
    if (!statSync(standing).isDirectory()) return cannotWrite(folder, `${standing} is in the way: it is not a folder`);
    try {
      accessSync(standing, constants.W_OK | constants.X_OK);
    } catch (error) {
      return cannotWrite(
        folder,
        `${standing} is closed to this user, or read-only (${error instanceof Error && 'code' in error ? String(error.code) : 'no access'})`,
      );
    }
  }
  return null;
}

const nearest = (folder: string): string => (existsSync(folder) ? folder : nearest(dirname(folder)));

const cannotWrite = (folder: string, why: string): Check => ({
  state: 'impossible',
  reason: `nothing can be written to ${folder}: ${why}`,
  byHand: ['give this user the right to write there, or name another place with --config FILE'],
});

/** What the file is to say on this forge: where git takes no token of an account, it shows the password. A token that is yet to be made tells nothing. */
async function wantedOn(context: InitContext): Promise<WantedConfig> {
  const { accounts, project, wanted } = context.settings;
  const byPassword = { 'git-secret': 'password' } as const;
  const [agents, projects] = [new Map<string, ConfigValue>(), new Map<string, ConfigValue>()];
  for (const account of accounts) {
    if (account.rights.project !== 'write' || (await context.admin.findRepository(project.repository)) === null) continue;
    if (!(await tokenWorks(context, account)) || (await acceptedBy(context, project.repository, account)) !== 'password') continue;
    if (account.role === 'ci') projects.set(project.name, { ci: byPassword });
    else agents.set(account.agent, byPassword);
  }
  return joined(wanted, { agents: Object.fromEntries(agents), projects: Object.fromEntries(projects) });
}

/** One table laid over the other. */
function joined(below: WantedConfig, above: WantedConfig): WantedConfig {
  const isTable = (value: ConfigValue | undefined): value is WantedConfig => typeof value === 'object' && !Array.isArray(value);
  const both = Object.entries(above).map(([key, value]): [string, ConfigValue] => {
    const known = below[key];
    return [key, isTable(known) && isTable(value) ? joined(known, value) : value];
  });
  return { ...below, ...Object.fromEntries(both) };
}

function checkFile({ settings: { file } }: InitContext, wanted: WantedConfig): ReturnType<typeof present> {
  const text = textOf(file);
  if (text === null) return { state: 'absent', actions: [`write ${file}`] };
  const edits = editsFor(parseToml(text, file).value, wanted);
  if (edits.length === 0) return present();
  return { state: 'drifted', actions: [`add to ${file}: ${edits.map((edit) => ('set' in edit ? edit.set.join('.') : '')).join(', ')}`] };
}

const present = (): { readonly state: 'present' } | { readonly state: 'absent' | 'drifted'; readonly actions: readonly string[] } => ({ state: 'present' });

/** One edit for each key or table that is not there. */
function editsFor(file: ConfigPart, wanted: WantedConfig, above: readonly string[] = []): readonly ConfigEdit[] {
  return Object.entries(wanted).flatMap(([key, value]): readonly ConfigEdit[] => {
    const path = [...above, key];
    if (!Object.hasOwn(file, key)) return [{ set: path, to: value }];
    const isInner = typeof value === 'object' && !Array.isArray(value);
    return isInner ? editsFor(tableOf(file[key]), value as WantedConfig, path) : [];
  });
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
