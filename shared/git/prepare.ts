import { mkdir, readFile, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fixedConfig } from './command/environment.ts';
import { fileFailure } from './command/failure.ts';
import { removeTree, replaceFile } from './command/files.ts';
import { exists } from './command/objects.ts';
import { text, type Run } from './command/run.ts';
import type { Places } from './places.ts';

/** Nothing is ever pruned: workspaces borrow objects of the store, and nobody else would know about them. */
const storeConfig = '[gc]\n\tauto = 0\n\tpruneExpire = never\n[core]\n\tlogAllRefUpdates = false\n';

export interface PrepareContext {
  readonly run: Run;
  readonly places: Places;
  readonly nonce: () => string;
  readonly now: () => Date;
  /** Environment of commands that talk to the forge: a new store takes the hash that the forge's repository uses. */
  readonly forgeEnv: () => Readonly<Record<string, string>>;
}

/**
 * A function to call before every use: it makes sure that the store and its surroundings exist, so that a store that was removed
 * heals. Safe for several processes. A new store is empty until the first fetch.
 */
export function createPrepare(context: PrepareContext): () => Promise<void> {
  const { places } = context;
  const isReady = async (): Promise<boolean> => (await exists(join(places.store, 'HEAD'))) && (await exists(places.config));
  let surroundings: Promise<void> | null = null;
  return async () => {
    if (surroundings !== null && (await isReady())) return await surroundings;
    try {
      surroundings = makeSurroundings(context);
      await surroundings;
      if (!(await exists(join(places.store, 'HEAD')))) await createStore(context);
    } catch (error) {
      surroundings = null;
      throw fileFailure('preparing the git store', error);
    }
  };
}

const dayMs = 24 * 3600 * 1000;

async function makeSurroundings({ places, nonce, now }: PrepareContext): Promise<void> {
  await mkdir(places.home, { recursive: true });
  for (const folder of [places.workspaces, places.salvage, places.scratch]) await mkdir(folder, { recursive: true, mode: 0o700 });
  const present = await readFile(places.config, 'utf8').catch(() => null);
  if (present !== fixedConfig) await replaceFile(places.config, fixedConfig, nonce());
  await sweep(places.scratch, now().getTime() - dayMs);
}

/** Removes what killed processes left in our scratch folder; everything there lives for seconds. */
async function sweep(scratch: string, before: number): Promise<void> {
  for (const name of await readdir(scratch)) {
    const path = join(scratch, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && found.mtimeMs < before) await removeTree(path);
  }
}

async function createStore({ run, places, nonce, forgeEnv }: PrepareContext): Promise<void> {
  const refs = text(await run({ args: ['ls-remote', 'forge', 'HEAD', 'refs/heads/*'], env: forgeEnv(), seconds: 300 }));
  const format = /^[0-9a-f]{64}\t/.test(refs) ? 'sha256' : 'sha1';
  const name = nonce();
  const fresh = join(places.scratch, `store-${name}`);
  await run({ args: ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', `--object-format=${format}`, fresh] });
  const config = await readFile(join(fresh, 'config'), 'utf8');
  await replaceFile(join(fresh, 'config'), config + storeConfig, name);
  await rename(fresh, places.store).catch(async (error: unknown) => {
    await removeTree(fresh);
    if (!(await exists(join(places.store, 'HEAD')))) throw error;
  });
}
