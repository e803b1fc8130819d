import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Replaces a file in one step: whoever reads it, and whoever comes after a crash, finds the old or the new text. Throws the system's
 * error (`ENOSPC` on a full disk) with the path in it; the old text stays then.
 */
export function replaceFile(path: string, text: string, mode: number): void {
  const aside = `${path}.new`;
  // A leftover of a killed run would keep its own mode.
  rmSync(aside, { force: true });
  try {
    const file = openSync(aside, 'wx', mode);
    try {
      // A single write may take a part and call that success: this one goes on until all of it is there, or fails.
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    if (!(error instanceof Error) || 'path' in error) throw error;
    throw Object.assign(error, { path, message: `${error.message} '${path}'; the file is as it was` });
  }
}
