import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Chance, Clock } from '#clock';
import type { Forge } from '#forge';
import type { Log } from '#log';
import type { ConfigAllowed } from '../../shared/ci/selection.ts';
import type { Credentials } from '../../shared/git/command/environment.ts';
import { lockDirectory } from '../forge/store/lock.ts';
import { createBoard } from './board.ts';
import { createHttp } from './http.ts';
import { createPerformer } from './perform.ts';
import { createPlanner } from './plan.ts';
import { createReconciler } from './reconcile.ts';
import { createMirror } from './mirror.ts';
import { openRepository, type Repository } from './repository.ts';
import { createRerun } from './rerun.ts';
import { createLogStore } from './run/log-store.ts';

/**
 * Where commits come from: the bare repository on disk that the forge serves, or the forge itself, mirrored into
 * `<directory>/mirror.git` by CI's account before each look. `branch`: where changes go into.
 */
export type CiSource =
  | { readonly kind: 'disk'; readonly path: string }
  | { readonly kind: 'forge'; readonly branch: string; readonly credentials: Credentials };

export interface EmbeddedCiOptions {
  /** For checkouts and logs; ours alone. */
  readonly directory: string;
  readonly source: CiSource;
  /** `owner/name` on the forge, and the forge's address; steps see both. */
  readonly repository: string;
  readonly forgeUrl: string;
  /** The forge as CI's own account sees it; that account needs write access, to post statuses. */
  readonly forge: Pick<Forge, 'me' | 'listOpenPullRequests' | 'listStatuses' | 'postStatus'>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  /** Variables that steps see: PATH, LANG, and what `[session] env` allows. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders and files that steps do not see, besides their own checkout and the objects that it borrows. */
  readonly hidden: readonly string[];
  /** Masks secrets in logs. */
  readonly mask: (text: string) => string;
  /** Workflows at a time (2). */
  readonly concurrency?: number;
  /** Time limit of a step (600). */
  readonly stepWallSeconds?: number;
  /** How often it looks for work that no webhook told of (60). */
  readonly everySeconds?: number;
  /** Says whether a change to CI configuration is approved; by default the refs of the forge say it (`refs/disinto/approved/`). */
  readonly configAllowed?: ConfigAllowed;
  /** Address to listen on (127.0.0.1, any free port). */
  readonly host?: string;
  readonly port?: number;
  readonly webhookSecret?: string;
  readonly rerunToken?: string;
}

export interface EmbeddedCi {
  /** For `[projects.*.ci] url`. */
  readonly url: string;
  /** Where the forge's `push` and `pull_request` webhooks go. */
  readonly webhookUrl: string;
  /** Why CI cannot look at the moment (the forge is away, …), or null. It tries again by itself. */
  waiting(): string | null;
  /** Nothing runs, waits or is being looked for. */
  idle(): boolean;
  /** Looks for work now, as a webhook does. */
  wake(): void;
  /** Stops what runs without posting anything; the next start runs it again. */
  close(): Promise<void>;
}

const keptLogs = 500;

/**
 * Runs the workflows of one repository on this machine and posts their results as commit statuses. Keeps no queue: what is
 * unfinished is read from the forge at start, after a webhook, and every `everySeconds`. Throws when another CI works in the
 * directory or the port is in use.
 */
export async function startEmbeddedCi(options: EmbeddedCiOptions): Promise<EmbeddedCi> {
  await mkdir(options.directory, { recursive: true });
  const unlock = lockDirectory(options.directory, 'ci');
  try {
    return await open(options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function open(options: EmbeddedCiOptions, unlock: () => void): Promise<EmbeddedCi> {
  const { directory, forge, clock, log } = options;
  const runs = join(directory, 'runs');
  const logs = createLogStore(join(directory, 'logs'));
  await rm(runs, { recursive: true, force: true });
  await mkdir(runs, { recursive: true });
  await logs.prune(keptLogs);

  const repository = repositoryOf(options);
  const server = createHttp({
    logs,
    wake: () => reconciler.wake(),
    rerun: (sha, contexts) => rerun(sha, contexts),
    rerunToken: options.rerunToken ?? null,
    webhookSecret: options.webhookSecret ?? null,
  });
  const url = await listen(server, options.host ?? '127.0.0.1', options.port ?? 0);

  const perform = createPerformer({ ...options, runs, logs, gitRepository: repository, url });
  const board = createBoard(options.concurrency ?? 2, perform, ({ plan, workflow }, error) =>
    log.error({ head: plan.subject.head, context: workflow.context, error }, 'CI could not finish a workflow'),
  );
  const allowed = options.configAllowed ?? ((head) => repository.isApproved(head));
  const reconciler = createReconciler({
    forge,
    repository,
    board,
    clock,
    log,
    plan: createPlanner(repository, allowed),
    everySeconds: options.everySeconds ?? 60,
  });
  const rerun = createRerun({ ...options, board, look: () => reconciler.look() });
  reconciler.wake();

  return {
    url,
    webhookUrl: `${url}/ci/webhook`,
    waiting: () => reconciler.waiting(),
    idle: () => reconciler.idle() && board.idle(),
    wake: () => reconciler.wake(),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await reconciler.close();
      await board.close();
      unlock();
    },
  };
}

function repositoryOf(options: EmbeddedCiOptions): Repository {
  const { source, directory } = options;
  const searchPath = options.env['PATH'] ?? '/usr/bin:/bin';
  if (source.kind === 'disk') return openRepository(source.path, searchPath);
  const remoteUrl = `${options.forgeUrl.replace(/\/+$/, '')}/${options.repository}.git`;
  const mirror = createMirror({ ...options, ...source, directory, remoteUrl });
  return openRepository(mirror.path, searchPath, mirror.refresh);
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  return `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
}
