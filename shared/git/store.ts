import type { Chance, Clock } from '#clock';
import { claimRef } from '#domain/name';
import { asSha, type Sha } from '#domain/sha';
import { GitError, type Git, type GitErrorKind } from '#git';
import type { Log } from '#log';
import { createClaims } from './claims.ts';
import { fixedEnvironment, forgeEnvironment, type Credentials } from './command/environment.ts';
import { readRef, readRefs } from './command/refs.ts';
import { createRun } from './command/run.ts';
import { coalesce } from './command/serial.ts';
import { fetchRefs, mirrored, packStore, type FetchContext } from './fetch.ts';
import { createObjects } from './history.ts';
import { openSite } from './open.ts';
import { placesOf } from './places.ts';
import { createPrepare } from './prepare.ts';
import { push } from './push.ts';
import { createRecords } from './record.ts';
import { retire } from './retire.ts';
import { listSites } from './site.ts';
import { createWorkspace } from './workspace.ts';

export interface GitOptions {
  /** Absolute data directory of the instance. */
  readonly data: string;
  readonly project: string;
  /** Address of the repository on the forge: http(s) without any credential in it, or a local path. */
  readonly remoteUrl: string;
  /** The agent's account on the forge; null where none is needed. */
  readonly credentials: Credentials | null;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

type Parts = ReturnType<typeof createParts>;

/**
 * The git side of one repository, for one agent's account. Opens nothing by itself: the store is made at first use. Several of
 * these, in one process or many, may share a data directory. Throws `GitError` (auth) at once when the address holds a credential.
 */
export function createGit(options: GitOptions): Git {
  const parts = createParts(options);
  const { places, prepare, fetching, records, objects } = parts;
  const listRefs: Git['listRefs'] = async (prefix) => await listForgeRefs(parts, prefix);
  const pushRefs: Git['push'] = async (updates) => {
    await prepare();
    return await push({ ...fetching, listRefs: async () => await listRefs('refs/') }, updates);
  };
  const fetch = coalesce(async () => {
    await prepare();
    await fetchRefs(fetching, mirrored);
    await packStore(fetching);
  });
  const refresh = async (): Promise<void> => {
    await prepare();
    await fetchRefs(fetching, [`+${claimRef('*')}:${claimRef('*')}`]);
  };
  const { createMark, ...published } = records;
  const { readCommits, ...readers } = objects;
  return {
    ...readers,
    ...published,
    ...createWorkspaces(parts, options.project, fetch),
    fetch,
    listRefs,
    resolve: async (ref) => await readRef(places.store, ref),
    push: pushRefs,
    claims: createClaims({ ...options, store: places.store, refresh, push: pushRefs, readCommits, createMark }),
  };
}

function createParts(options: GitOptions) {
  const { project, remoteUrl, credentials, clock, chance, log } = options;
  assertClean(remoteUrl);
  const places = placesOf(options.data, project);
  const hide = (text: string): string => (credentials === null ? text : text.replaceAll(credentials.token() || '\0', '[masked]'));
  const run = createRun(fixedEnvironment(places, process.env), hide);
  const nonce = (): string => chance.secret(8);
  const forgeEnv = (): Readonly<Record<string, string>> => forgeEnvironment(remoteUrl, mirrored, credentials);
  const prepare = createPrepare({ run, places, nonce, now: () => clock.now(), forgeEnv });
  const login = credentials?.login ?? 'disinto';
  const author = { name: login, email: `${login}@noreply.invalid` };
  const fetching: FetchContext = { run, store: places.store, forgeEnv, clock, chance, log };
  const records = createRecords({ run, places, clock, chance, author, prepare });
  return { run, places, nonce, clock, chance, log, forgeEnv, prepare, fetching, records, objects: createObjects(run, places.store) };
}

async function listForgeRefs({ run, forgeEnv, places, prepare }: Parts, prefix: string): Promise<ReadonlyMap<string, Sha>> {
  await prepare();
  const ran = await run({ args: [`--git-dir=${places.store}`, 'ls-remote', '--quiet', '--refs', 'forge', `${prefix}*`], env: forgeEnv(), seconds: 300 });
  const rows = ran.stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [sha, ref] = line.split('\t');
      return sha !== undefined && ref?.startsWith(prefix) === true ? [[ref, asSha(sha)] as const] : [];
    });
  return new Map(rows);
}

/** The forge does not show us what it has. */
const unseen: readonly GitErrorKind[] = ['unavailable', 'rate-limited', 'auth', 'forbidden'];

function createWorkspaces(parts: Parts, project: string, fetch: () => Promise<void>): Pick<Git, 'openWorkspace' | 'retireWorkspace' | 'listWorkspaces'> {
  const { run, places, nonce, clock, log, prepare } = parts;
  const onForge = async (): Promise<readonly Sha[]> => {
    try {
      await fetch();
    } catch (error) {
      if (!(error instanceof GitError) || !unseen.includes(error.kind)) throw error;
      log.warn({ cause: error.message }, 'cannot see what is on the forge: all commits of the workspace are kept');
      return [];
    }
    const refs = await Promise.all(['refs/heads/', 'refs/disinto/'].map(async (prefix) => await readRefs(places.store, prefix)));
    return refs.flatMap((found) => [...found.values()]);
  };
  return {
    openWorkspace: async (request) => {
      await prepare();
      const { site, record } = await openSite(run, places, project, request, nonce);
      return createWorkspace(parts, site, record);
    },
    retireWorkspace: async (id, reason) => await retire({ run, places, nonce, now: () => clock.now(), onForge }, log, project, id, reason),
    listWorkspaces: async () => await listSites(places, project),
  };
}

/** A credential in the address would show in process lists and error texts. */
function assertClean(remoteUrl: string): void {
  if (!/^https?:/.test(remoteUrl)) return;
  const { username, password } = new URL(remoteUrl);
  if (username !== '' || password !== '')
    throw new GitError('auth', "the repository's address holds a credential: remove it there and give the token by a token file");
}
