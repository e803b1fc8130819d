import { join } from 'node:path';
import type { Runtime } from '../../shared/agent/connect.ts';
import { type EmbeddedForge, type EmbeddedForgeOptions, startEmbeddedForge } from '../../embedded/forge/server.ts';
import { CliError } from '../command.ts';
import { listenAddress } from './address.ts';

/** Serves the embedded forge of the instance at `forge.url`, from `<data>/forge`. Throws `CliError` when it cannot. */
export async function serveForge({ config, clock, chance, log }: Runtime): Promise<EmbeddedForge> {
  const listen = listenAddress(config.forge.url, 'forge.url');
  const options = { directory: join(config.instance.data, 'forge'), ...listen, clock, chance, log: log.child({ part: 'forge' }) };
  return openForge(config.forge.url, options, { taken: 'if a forge runs in a process of its own, start this one with --only agents,ci' });
}

interface Words {
  /** Where its data really lies, when it is served from a copy. */
  readonly from?: string;
  /** What else may be done when somebody has its port or its folder. */
  readonly taken?: string;
}

/** Starts an embedded forge that is reached at `url`. Throws `CliError` with what to do when it cannot start. */
export async function openForge(url: string, options: EmbeddedForgeOptions, words: Words = {}): Promise<EmbeddedForge> {
  try {
    return await startEmbeddedForge(options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const mends = mendsOf(error, join(words.from ?? options.directory, 'forge.sqlite'), words);
    throw new CliError([`the embedded forge cannot start at ${url}: ${why}`, ...mends].join('; '), 1, error);
  }
}

/** Result codes of SQLite: malformed, and no database at all. */
const damaged = [11, 26];

function mendsOf(error: unknown, file: string, { taken }: Words): readonly string[] {
  if (!(error instanceof Error)) return [];
  const more = taken === undefined ? [] : [taken];
  const { cause, name } = error;
  if (cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE') return ['stop what is there, or set another port in forge.url', ...more];
  if (name === 'LockedError') return more;
  const code: unknown = Reflect.get(error, 'errcode');
  if (typeof code !== 'number' || !damaged.includes(code & 0xff)) return [];
  return [`${file} is damaged, and nothing was changed: put a backup of it there (with no -wal and -shm files of another state beside it), and try again`];
}
