import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeFolders } from './source.ts';

/** What a tool said. `looked`: its own count of files where it gives one; a tool that saw nothing is red. */
export interface Said {
  readonly ok: boolean;
  readonly output: string;
}

const folders = [...codeFolders, 'vitest.config.ts'];

/** The tools as `make check` runs them. None of them writes. */
export const tools: Readonly<Record<string, (root: string) => Said>> = {
  types: (root) => start(root, 'typescript', ['--noEmit', '--pretty', 'false']),
  lint: (root) => seen(start(root, 'oxlint', ['--type-aware', '--deny-warnings', ...folders]), /on (\d+) files?/),
  format: (root) => seen(start(root, 'oxfmt', ['--check', ...folders]), /on (\d+) files?/),
  unused: (root) => start(root, 'knip', ['--no-progress', '--no-config-hints']),
};

/** Formats and applies what the linter can mend by itself. */
export function fix(root: string): Said {
  const linted = start(root, 'oxlint', ['--type-aware', '--fix', ...folders]);
  const formatted = start(root, 'oxfmt', folders);
  return { ok: linted.ok && formatted.ok, output: linted.output + formatted.output };
}

/** Starts the program of a package with this Node, without a shell and without npx. */
function start(root: string, name: string, args: readonly string[]): Said {
  const manifest = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { bin: Record<string, string> };
  const program = manifest.bin[name] ?? manifest.bin['tsc'] ?? '';
  const ended = spawnSync(process.execPath, [join(root, 'node_modules', name, program), ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 180_000,
    maxBuffer: 64 * 2 ** 20,
  });
  const output = `${ended.stdout}${ended.stderr}${ended.error === undefined ? '' : `${name}: ${ended.error.message}\n`}`;
  return { ok: ended.status === 0, output };
}

function seen(said: Said, count: RegExp): Said {
  const files = Number(count.exec(said.output)?.[1] ?? 0);
  return files > 0 || !said.ok ? said : { ok: false, output: `${said.output}it looked at no file\n` };
}
