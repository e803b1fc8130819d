import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { asSha, type Sha } from '#domain/sha';
import type { Git } from '#git';
import { systemChance, systemClock } from '#clock/system';
import type { Log } from '#log';
import { createGit } from '../../../shared/git/store.ts';

const silent: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => silent };

export type Files = Readonly<Record<string, string | null>>;

/** A real repository with branches, and the store of an agent on it. */
export interface Repository {
  /** Commits these files (null deletes) on a branch, made at `from` when given; answers the commit. */
  commit(branch: string, files: Files, from?: string): Sha;
  /** Merges a branch into another, the files being the resolution. */
  merge(into: string, other: string, files: Files): Sha;
  open(): Promise<Git>;
}

export function createRepository(files: Files): Repository {
  const root = mkdtempSync(join(tmpdir(), 'review-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [bare, tree] = [join(root, 'forge.git'), join(root, 'tree')];
  mkdirSync(tree);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: root,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'T',
    GIT_AUTHOR_EMAIL: 't@example.org',
    GIT_COMMITTER_NAME: 'T',
    GIT_COMMITTER_EMAIL: 't@example.org',
  };
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: tree, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  const record = (branch: string, changes: Files): Sha => {
    for (const [path, text] of Object.entries(changes)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      if (text === null) rmSync(join(tree, path));
      else writeFileSync(join(tree, path), text);
    }
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '-m', 'change');
    git('push', '--quiet', '--force', bare, `HEAD:refs/heads/${branch}`);
    return asSha(git('rev-parse', 'HEAD'));
  };
  git('init', '--quiet', '--bare', '--initial-branch=main', bare);
  git('init', '--quiet', '--initial-branch=main');
  record('main', files);
  return {
    commit: (branch, changes, from = branch) => {
      git('checkout', '--quiet', '-B', branch, from);
      return record(branch, changes);
    },
    merge: (into, other, changes) => {
      git('checkout', '--quiet', into);
      git('merge', '--quiet', '--no-commit', '--no-ff', '--strategy=ours', other);
      return record(into, changes);
    },
    async open() {
      const store = createGit({
        data: join(root, 'data'),
        project: 'demo',
        remoteUrl: bare,
        credentials: null,
        clock: systemClock,
        chance: systemChance,
        log: silent,
      });
      await store.fetch();
      return store;
    },
  };
}
