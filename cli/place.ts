import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Ledger } from '#ledger';
import { loadConfig } from '../shared/config/load.ts';
import { openLedger } from '../shared/ledger/sqlite.ts';
import { type Args, CliError, type OptionSpec } from './command.ts';

/** Options of every command that looks at an instance. */
export const placeOptions: Readonly<Record<string, OptionSpec>> = {
  config: { kind: 'text', value: 'FILE', summary: 'the instance: its disinto.toml (./disinto.toml by default)' },
  keep: { kind: 'text', value: 'DIR', summary: 'a kept demo instead of an instance' },
};

/** Folder with the ledger of the instance or kept demo that the options name. Throws `CliError`. */
export async function dataFolder(args: Args): Promise<string> {
  const keep = args.text('keep');
  if (keep !== null) return resolve(keep);
  return (await loadConfig(configPath(args, ', or a kept demo with --keep DIR'))).instance.data;
}

/** Path of the config that the options name; it must exist. Throws `CliError`. */
export function configPath(args: Args, orElse = ''): string {
  const path = resolve(args.text('config') ?? 'disinto.toml');
  if (!existsSync(path)) throw new CliError(`${path} does not exist; run this in the folder of your disinto.toml, name it with --config FILE${orElse}`);
  return path;
}

/** Opens the ledger for looking at it; it must be there already. Throws `CliError`. */
export async function openExistingLedger(args: Args): Promise<Ledger> {
  const file = join(await dataFolder(args), 'ledger.sqlite');
  if (!existsSync(file)) throw new CliError(`there is no ledger at ${file}: nothing has run there yet`);
  return openLedger(file);
}
