import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** Replaces a file in one step: whoever reads it, and whoever comes after a crash, finds the old or the new text. */
export function replaceFile(path: string, text: string, mode: number): void {
  const aside = `${path}.new`;
  // A leftover of a killed run would keep its own mode.
  rmSync(aside, { force: true });
  const file = openSync(aside, 'wx', mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(aside, path);
}
