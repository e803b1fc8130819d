import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeFolders } from '../source.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));
const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'knip.json', '.oxlintrc.json', '.oxfmtrc.json', '.gitignore'];

/** A copy of the code and of the gates' settings, with the packages of this checkout. The caller removes it. */
export function copyProject(): string {
  const root = emptyProject();
  for (const folder of [...codeFolders, 'vitest.config.ts']) {
    if (existsSync(join(project, folder))) cpSync(join(project, folder), join(root, folder), { recursive: true });
  }
  return root;
}

/** The settings alone, with no code. The caller removes it. */
export function emptyProject(): string {
  const root = mkdtempSync(join(tmpdir(), 'disinto-gates-'));
  for (const name of settings) cpSync(join(project, name), join(root, name));
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  return root;
}

/** Writes files, runs something, and puts everything back as it was. `change` gets the present text, '' for a new file. */
export function withPlanted<T>(root: string, files: Readonly<Record<string, string | ((before: string) => string)>>, run: () => T): T {
  const before = new Map<string, string | null>();
  for (const [path, change] of Object.entries(files)) {
    const file = join(root, path);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : null;
    before.set(file, text);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof change === 'string' ? change : change(text ?? ''));
  }
  try {
    return run();
  } finally {
    for (const [file, text] of before) {
      if (text === null) rmSync(file);
      else writeFileSync(file, text);
    }
  }
}
