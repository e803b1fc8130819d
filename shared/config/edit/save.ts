import { chmod, chown, link, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Config } from '#config';
import { parseConfig } from '../load.ts';
import { type ConfigEdit, editConfig } from './edit.ts';

export interface Edited {
  readonly changed: boolean;
  /** The file as it is now. */
  readonly text: string;
  readonly config: Config;
}

/**
 * Edits a `disinto.toml` in place: what comes out is checked as a whole before anything is written, and takes the place of the
 * old file at once, with its mode and owner. A failure (a full disk too) leaves the old file. Throws `ConfigError` and system errors.
 */
export async function editConfigFile(file: string, edits: readonly ConfigEdit[]): Promise<Edited> {
  const target = await realpath(file);
  for (;;) {
    const before = await readFile(target, 'utf8');
    const text = editConfig(before, edits, file);
    const config = parseConfig(text, file);
    if (text === before) return { changed: false, text, config };
    if (await replaceFile(target, text, before)) return { changed: true, text, config };
  }
}

/** Writes a new `disinto.toml` that is checked first. Never over one that is there. Throws `ConfigError` and system errors (`EEXIST`). */
export async function createConfigFile(file: string, text: string): Promise<Config> {
  const config = parseConfig(text, file);
  const draft = draftOf(file);
  try {
    await writeDraft(draft, text, 0o644);
    await link(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(file);
  return config;
}

/** False when the file changed under our hands: then nothing was written. */
async function replaceFile(file: string, text: string, before: string): Promise<boolean> {
  const draft = draftOf(file);
  const { mode, uid, gid } = await stat(file);
  try {
    await writeDraft(draft, text, mode & 0o7777);
    await keepOwner(draft, uid, gid);
    if ((await readFile(file, 'utf8')) !== before) return false;
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(file);
  return true;
}

function draftOf(file: string): string {
  return join(dirname(file), `.${basename(file)}.${process.pid}.new`);
}

async function writeDraft(draft: string, text: string, mode: number): Promise<void> {
  await using handle = await open(draft, 'w', 0o600);
  await handle.writeFile(text);
  await chmod(draft, mode);
  await handle.sync();
}

/** Only root can give a file away, and root is who needs to. */
async function keepOwner(draft: string, uid: number, gid: number): Promise<void> {
  const { uid: ours, gid: group } = await stat(draft);
  if (ours !== uid || group !== gid) await chown(draft, uid, gid);
}

async function syncFolder(file: string): Promise<void> {
  await using folder = await open(dirname(file), 'r');
  await folder.sync();
}
