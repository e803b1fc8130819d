import { mkdirSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { Chance, Clock } from '#clock';
import type { Log } from '#log';
import { createDeliveries } from './change/deliver.ts';
import { healMerges } from './change/finish-merge.ts';
import { catchUp } from './change/catch-up.ts';
import { createGit } from './git/run.ts';
import { writeGuard } from './git/guard.ts';
import { createListener } from './http.ts';
import { createChecks } from './rules/check.ts';
import { createSeed, type Seed } from './seed.ts';
import { lockDirectory } from './store/lock.ts';
import { openDatabase } from './store/database.ts';
import type { World } from './world.ts';

export interface EmbeddedForgeOptions {
  /** Everything is kept here: `forge.sqlite` and `<owner>/<repository>.git`. Started again with it, the forge goes on where it was. */
  readonly directory: string;
  /** Address to listen on; `127.0.0.1` by default. */
  readonly host?: string;
  /** 0 or absent: any free port. It may differ at every start. */
  readonly port?: number;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log?: Log;
  /** How long after a push, review or status a merge is told "Please try again later"; 150 by default. */
  readonly settleMilliseconds?: number;
  /** Git takes passwords only, as some forges are set up; REST takes tokens all the same. */
  readonly refuseTokensForGit?: boolean;
}

export interface EmbeddedForge {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly seed: Seed;
  /** Resolves when every queued webhook was delivered or given up. */
  delivered(): Promise<void>;
  /** Lets running requests end (2 s at most), then stops. */
  close(): Promise<void>;
}

const silent: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => silent };

/**
 * Starts the forge. What a dead process left half done (a merge, a push) is healed before the first request is answered.
 * Throws when another forge runs in the directory or the port is in use.
 */
export async function startEmbeddedForge(options: EmbeddedForgeOptions): Promise<EmbeddedForge> {
  const directory = resolve(options.directory);
  const host = options.host ?? '127.0.0.1';
  // Hashes of tokens and secrets of webhooks lie there.
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const unlock = lockDirectory(directory);
  const healed = Promise.withResolvers<RequestListener>();
  const server = createServer((request, response) => void healed.promise.then((listener) => listener(request, response)));
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = 0;
  try {
    const port = await listen(server, host, options.port ?? 0);
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    const world = createWorld(options, directory, url);
    await healMerges(world);
    await catchUp(world);
    healed.resolve(createListener(world));
    const close = async (): Promise<void> => {
      await stop(server, options.clock);
      await stopWorld(world);
      unlock();
    };
    return { url, port, seed: createSeed(world), delivered: world.deliveries.idle, close };
  } catch (error) {
    server.close();
    unlock();
    throw error;
  }
}

function createWorld(options: EmbeddedForgeOptions, directory: string, url: string): World {
  const { clock, chance } = options;
  const log = options.log ?? silent;
  writeGuard(directory);
  return {
    directory,
    clock,
    chance,
    log,
    database: openDatabase(join(directory, 'forge.sqlite')),
    git: createGit(directory),
    checks: createChecks(clock, options.settleMilliseconds ?? 150, (error) => log.warn({ error }, 'mergeability could not be found out')),
    deliveries: createDeliveries(clock, chance, log),
    url: () => url,
    busy: new Map(),
    gitTakesTokens: options.refuseTokensForGit !== true,
  };
}

async function stopWorld(world: World): Promise<void> {
  world.checks.stop();
  world.deliveries.stop();
  world.git.stop();
  await world.deliveries.idle();
  world.database.close();
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((done, failed) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE'
          ? `port ${port} on ${host} is in use: choose another, or 0 for any`
          : `the forge cannot listen on ${host}:${port}: ${cause.message}`;
      failed(new Error(why, { cause }));
    });
    server.listen(port, host, () => done((server.address() as AddressInfo).port));
  });
}

async function stop(server: Server, clock: Clock): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeIdleConnections();
  const cancel = clock.after(2000, () => server.closeAllConnections());
  await closed;
  cancel();
}
