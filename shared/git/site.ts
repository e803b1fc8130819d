import { lstat, mkdir, readFile, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Sha } from '#domain/sha';
import { GitError, type WorkspaceRequest } from '#git';
import { replaceFile } from './command/files.ts';
import { readPlain } from './command/refs.ts';
import type { Places } from './places.ts';

/**
 * Where a workspace is. `checkout` is the session's: it may write anything there, also into `.git`, so git never runs on that
 * directory's configuration. `side` is ours: a git directory of its own (index, HEAD, configuration) that looks at the
 * checkout's files and objects, together with the creation record.
 */
export interface Site {
  readonly run: string;
  readonly checkout: string;
  readonly side: string;
}

export interface SiteRecord {
  readonly run: string;
  readonly project: string;
  readonly branch: string;
  readonly base: Sha;
  readonly merge: Sha | null;
  readonly author: WorkspaceRequest['author'];
  /** Tree of the checkout as we left it, when that differs from the base (a merge with conflict markers). */
  readonly untouched: Sha | null;
  /** Identity of the checkout directory: a directory that merely bears its name is not ours. */
  readonly device: number;
  readonly inode: number;
}

const recordName = 'disinto-workspace.json';

export function siteOf(places: Places, run: string): Site {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(run)) throw new TypeError(`not a run id: ${run.slice(0, 80)}`);
  return { run, checkout: join(places.workspaces, run), side: join(places.workspaces, `${run}.git`) };
}

export async function writeRecord(site: Site, record: SiteRecord, nonce: string): Promise<void> {
  await replaceFile(join(site.side, recordName), `${JSON.stringify(record)}\n`, nonce, 0o600);
}

/** The creation record, or null when this workspace was never completed (or is not one). */
export async function readRecord(site: Site): Promise<SiteRecord | null> {
  const found = await readPlain(join(site.side, recordName), 64 * 1024);
  return found === null ? null : (JSON.parse(found) as SiteRecord);
}

/** Runs of this project that have a workspace or the remains of one. */
export async function listSites(places: Places, project: string): Promise<string[]> {
  const entries = await readdir(places.workspaces, { withFileTypes: true }).catch(() => []);
  const runs = entries.flatMap((entry) => (entry.isDirectory() && entry.name.endsWith('.git') ? [entry.name.slice(0, -4)] : []));
  const mine = runs.map(async (run) => {
    const record = await readRecord(siteOf(places, run)).catch(() => null);
    return record === null || record.project === project ? [run] : [];
  });
  return (await Promise.all(mine)).flat().sort();
}

/** Whether the checkout is there and is the very directory that we made. Throws when something else stands in its place. */
export async function isOurs(site: Site, record: SiteRecord): Promise<boolean> {
  const found = await lstat(site.checkout).catch(() => null);
  if (found === null) return false;
  if (found.isDirectory() && found.dev === record.device && found.ino === record.inode) return true;
  throw new GitError('failed', `${site.checkout} is not the directory that was made for run ${site.run}: it is left alone; look at it and remove it by hand`);
}

/**
 * Makes a checkout that a session wrote to safe to read: its git directory must be made of real directories in their places,
 * and its objects may be borrowed from our store only. Throws `corrupt` otherwise.
 */
export async function seal(site: Site, store: string, nonce: string): Promise<void> {
  const gitDir = join(site.checkout, '.git');
  await mkdir(join(gitDir, 'objects', 'info'), { recursive: true }).catch(() => undefined);
  for (const path of [site.checkout, gitDir, join(gitDir, 'objects'), join(gitDir, 'objects', 'info'), join(gitDir, 'refs')]) {
    const found = await lstat(path).catch(() => null);
    if (found?.isDirectory() !== true) throw new GitError('corrupt', `the workspace of run ${site.run} is damaged: ${path} is not a directory`);
  }
  const alternates = join(gitDir, 'objects', 'info', 'alternates');
  const wanted = `${join(store, 'objects')}\n`;
  const present = (await readPlain(alternates, 64 * 1024)) === null ? null : await readFile(alternates, 'utf8');
  if (present !== wanted) await replaceFile(alternates, wanted, nonce);
}

/** Whether a path in the checkout's git directory really lies there, no link on the way. */
export async function isInside(gitDir: string, folder: string): Promise<boolean> {
  const [root, real] = await Promise.all([realpath(gitDir), realpath(folder).catch(() => '')]);
  return real === root || real.startsWith(root + sep);
}
