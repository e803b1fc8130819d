import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemChance, systemClock } from '#clock/system';
import type { CommitStatus } from '#domain/check';
import type { PullRequest } from '#domain/pull-request';
import { asSha } from '#domain/sha';
import type { Sha } from '#domain/sha';
import { pullRequest } from '#domain/test/sample';
import type { Log } from '#log';
import { startEmbeddedCi } from '../server.ts';
import type { EmbeddedCi, EmbeddedCiOptions } from '../server.ts';

export const quiet: Log = { error: (fields, message) => console.error(message, fields), warn: () => {}, info: () => {}, debug: () => {}, child: () => quiet };

/** A bare repository, the few verbs of a forge that CI uses, and the CI on them. */
export interface World {
  readonly bare: string;
  readonly directory: string;
  readonly statuses: (CommitStatus & { readonly head: Sha })[];
  readonly forge: EmbeddedCiOptions['forge'];
  readonly counts: { lists: number; posts: number };
  /** Commits these files on a new branch off another and points the branch at it; null deletes a file. */
  commit(branch: string, from: string | null, files: Readonly<Record<string, string | null>>): Sha;
  /** Opens, or moves, the pull request of a branch into main. */
  open(number: number, branch: string): void;
  shut(number: number): void;
  start(more?: Partial<EmbeddedCiOptions>): Promise<EmbeddedCi>;
  /** The newest status of a context by CI. */
  state(head: Sha, context: string): CommitStatus | undefined;
  until(holds: () => boolean): Promise<void>;
  end(): Promise<void>;
}

export function createWorld(files: Readonly<Record<string, string>>): World {
  const root = mkdtempSync(join(tmpdir(), 'ci-'));
  const bare = join(root, 'x.git');
  const work = join(root, 'work');
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', work, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', bare]);
  mkdirSync(work);
  git('init', '--quiet', '--initial-branch=main');

  const pulls = new Map<number, PullRequest>();
  const statuses: World['statuses'] = [];
  const counts = { lists: 0, posts: 0 };
  const running: EmbeddedCi[] = [];
  const forge: World['forge'] = {
    me: async () => 'ci',
    listOpenPullRequests: async () => ((counts.lists += 1), [...pulls.values()]),
    listStatuses: async (head) => statuses.filter((status) => status.head === head),
    postStatus: async (head, draft) => void ((counts.posts += 1), statuses.push({ ...draft, head, id: statuses.length + 1, creator: 'ci' })),
  };
  const commit: World['commit'] = (branch, from, changes) => {
    if (from !== null) git('checkout', '--quiet', '-B', branch, from);
    for (const [path, text] of Object.entries(changes)) {
      mkdirSync(dirname(join(work, path)), { recursive: true });
      if (text === null) rmSync(join(work, path));
      else writeFileSync(join(work, path), text);
    }
    git('add', '-A');
    git('commit', '--quiet', '--allow-empty', '-m', 'change');
    git('push', '--quiet', '--force', bare, `HEAD:refs/heads/${branch}`);
    return asSha(git('rev-parse', 'HEAD'));
  };
  commit('main', null, files);
  const world: World = {
    bare,
    directory: join(root, 'ci'),
    statuses,
    forge,
    counts,
    commit,
    open: (number, branch) => void pulls.set(number, pullRequest(number, { branch, head: asSha(git('rev-parse', branch)) })),
    shut: (number) => void pulls.delete(number),
    start: async (more = {}) => {
      const ci = await startEmbeddedCi({
        directory: world.directory,
        source: { kind: 'disk', path: bare },
        repository: 'demo/x',
        forgeUrl: 'http://forge.test',
        forge: world.forge,
        clock: systemClock,
        chance: systemChance,
        log: quiet,
        env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8' },
        hidden: [world.directory, bare],
        mask: (text) => text.replaceAll('hunter2', '***'),
        everySeconds: 3600,
        ...more,
      });
      running.push(ci);
      return ci;
    },
    state: (head, context) => statuses.findLast((status) => status.head === head && status.context === context && status.creator === 'ci'),
    until: async (holds) => {
      while (!holds()) await new Promise((again) => setTimeout(again, 5));
    },
    end: async () => {
      await Promise.all(running.map((ci) => ci.close()));
      rmSync(root, { recursive: true, force: true });
    },
  };
  return world;
}
