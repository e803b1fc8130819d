import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chance, Clock } from '#clock';
import { GitError } from '#git';
import type { Log } from '#log';
import { processEnvironment } from '../../shared/config/environment.ts';
import { fixedConfig, fixedEnvironment, forgeEnvironment, type Credentials } from '../../shared/git/command/environment.ts';
import { fileFailure } from '../../shared/git/command/failure.ts';
import { removeTree, replaceFile } from '../../shared/git/command/files.ts';
import { exists } from '../../shared/git/command/objects.ts';
import { createRun, text } from '../../shared/git/command/run.ts';
import { coalesce } from '../../shared/git/command/serial.ts';
import { fetchRefs, packStore, type FetchContext } from '../../shared/git/fetch.ts';

export interface MirrorOptions {
  /** The mirror becomes `<directory>/mirror.git`; the directory is CI's alone. */
  readonly directory: string;
  /** Address of the repository on the forge, without any credential in it. */
  readonly remoteUrl: string;
  /** The branch that changes go into. */
  readonly branch: string;
  /** CI's account on the forge. */
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

/** A bare copy of the repository on the forge. */
export interface Mirror {
  readonly path: string;
  /** Brings it up to date; what was deleted on the forge disappears. Throws `GitError`: `unavailable` while the forge is away. */
  refresh(): Promise<void>;
}

/** Heads of pull requests and merge results are branches here; approvals say whose CI configuration counts. */
const mirrored = ['+refs/heads/*:refs/heads/*', '+refs/disinto/approved/*:refs/disinto/approved/*'] as const;

/** A forge whose own repository is damaged fails the same way: then fetching anew at each look would help nobody. */
const rebuildApartMs = 600_000;

/** Nothing is ever pruned: checkouts borrow objects. */
const mirrorConfig = '[gc]\n\tauto = 0\n\tpruneExpire = never\n[core]\n\tlogAllRefUpdates = false\n';

/** Opens nothing by itself: the mirror is made at the first refresh. A damaged one is removed and made anew, as it holds nothing of its own. */
export function createMirror(options: MirrorOptions): Mirror {
  const { directory, remoteUrl, credentials, clock, chance, log } = options;
  const path = join(directory, 'mirror.git');
  const config = join(directory, 'git-config');
  const hide = (output: string): string => output.replaceAll(credentials.token() || '\0', '[masked]');
  const run = createRun(fixedEnvironment({ home: join(directory, 'git-home'), config }, processEnvironment()), hide);
  const forgeEnv = (): Readonly<Record<string, string>> => forgeEnvironment(remoteUrl, mirrored, credentials);
  const context: FetchContext = { run, store: path, forgeEnv, clock, chance, log };
  const fetch = async (): Promise<void> => {
    await prepare(options, context, config);
    await fetchRefs(context, mirrored);
    await packStore(context);
  };
  let rebuiltAt: number | null = null;
  return {
    path,
    refresh: coalesce(async () => {
      try {
        await fetch();
      } catch (error) {
        const recently = rebuiltAt !== null && clock.monotonic() - rebuiltAt < rebuildApartMs;
        if (!(error instanceof GitError) || error.kind !== 'corrupt' || recently) throw error;
        rebuiltAt = clock.monotonic();
        log.warn({ path, cause: error.message }, 'The mirror of CI is damaged; it is fetched anew');
        await removeTree(path);
        await fetch();
      }
    }),
  };
}

async function prepare({ directory, branch, chance }: MirrorOptions, context: FetchContext, config: string): Promise<void> {
  try {
    await mkdir(join(directory, 'git-home'), { recursive: true });
    const present = await readFile(config, 'utf8').catch(() => null);
    if (present !== fixedConfig) await replaceFile(config, fixedConfig, chance.secret(8));
    if (!(await exists(join(context.store, 'HEAD')))) await create(directory, branch, context);
    const head = `ref: refs/heads/${branch}\n`;
    if ((await readFile(join(context.store, 'HEAD'), 'utf8')) !== head) await replaceFile(join(context.store, 'HEAD'), head, chance.secret(8));
  } catch (error) {
    throw fileFailure('preparing the mirror of CI', error);
  }
}

/** Made aside and renamed, so that a mirror that exists is whole. */
async function create(directory: string, branch: string, { run, store, forgeEnv, chance }: FetchContext): Promise<void> {
  for (const left of await readdir(directory)) if (left.startsWith('mirror-new-')) await removeTree(join(directory, left));
  const refs = text(await run({ args: ['ls-remote', 'forge', 'HEAD', 'refs/heads/*'], env: forgeEnv(), seconds: 300 }));
  const format = /^[0-9a-f]{64}\t/.test(refs) ? 'sha256' : 'sha1';
  const name = chance.secret(8);
  const fresh = join(directory, `mirror-new-${name}`);
  await run({ args: ['init', '--quiet', '--bare', '--template=', `--initial-branch=${branch}`, `--object-format=${format}`, fresh] });
  await replaceFile(join(fresh, 'config'), (await readFile(join(fresh, 'config'), 'utf8')) + mirrorConfig, name);
  await rename(fresh, store);
}
