import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '#config';
import type { Ledger } from '#ledger';
import { processEnvironment } from '../shared/config/environment.ts';
import { loadConfig } from '../shared/config/load.ts';
import { openLedger } from '../shared/ledger/sqlite.ts';
import { type Args, CliError, type OptionSpec } from './command.ts';

/** Options of every command that looks at an instance. */
export const placeOptions: Readonly<Record<string, OptionSpec>> = {
  config: { kind: 'text', value: 'FILE', summary: 'the instance: its disinto.toml (DISINTO_CONFIG, or ./disinto.toml by default)' },
  keep: { kind: 'text', value: 'DIR', summary: 'a kept demo instead of an instance' },
};

/** Path of the config: as `--config` says, else DISINTO_CONFIG, else in this folder. It may not be there yet. */
export function wantedConfig(args: Args): string {
  return resolve(args.text('config') ?? (processEnvironment()['DISINTO_CONFIG'] || 'disinto.toml'));
}

/** Path of the config that the options name; it must exist. Throws `CliError`. */
export function configPath(args: Args, orElse = ''): string {
  const path = wantedConfig(args);
  if (!existsSync(path))
    throw new CliError(`${path} does not exist; run this in the folder of your disinto.toml, name it with --config FILE or DISINTO_CONFIG${orElse}`);
  return path;
}

/** Where an instance or a kept demo keeps what it knows. */
export interface Place {
  /** Null for a kept demo. */
  readonly config: Config | null;
  /** The folder with the ledger. */
  readonly data: string;
  readonly ledger: Ledger;
}

/** Does `work` at the place that the options name, with its ledger, which must be there already. Throws `CliError`. */
export async function atPlace<T>(args: Args, work: (place: Place) => T | Promise<T>): Promise<T> {
  const { config, data } = await locate(args);
  const file = join(data, 'ledger.sqlite');
  if (!existsSync(file)) throw new CliError(`there is no ledger at ${file}: nothing has run there yet`);
  const ledger = openLedger(file);
  try {
    return await work({ config, data, ledger });
  } finally {
    ledger.close();
  }
}

async function locate(args: Args): Promise<Pick<Place, 'config' | 'data'>> {
  const keep = args.text('keep');
  if (keep !== null) return { config: null, data: resolve(keep) };
  const config = await loadConfig(configPath(args, ', or a kept demo with --keep DIR'));
  return { config, data: config.instance.data };
}
