import { join } from 'node:path';
import type { Runtime } from '../../shared/agent/connect.ts';
import { type EmbeddedForge, startEmbeddedForge } from '../../embedded/forge/server.ts';
import { CliError } from '../command.ts';
import { listenAddress } from './address.ts';

/** Serves the embedded forge of the instance at `forge.url`, from `<data>/forge`. Throws `CliError` when it cannot. */
export async function serveForge({ config, clock, chance, log }: Runtime): Promise<EmbeddedForge> {
  const { host, port } = listenAddress(config.forge.url, 'forge.url');
  try {
    return await startEmbeddedForge({ directory: join(config.instance.data, 'forge'), host, port, clock, chance, log: log.child({ part: 'forge' }) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const mend = `stop what is there, or set another port in forge.url; if a forge runs in a process of its own, start this one with --only agents,ci`;
    throw new CliError(`the embedded forge cannot start at ${config.forge.url}: ${why}; ${mend}`, 1, error);
  }
}
