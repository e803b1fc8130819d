import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Finding, Verdict } from './finding.ts';
import { emptyNames, textRules } from './rules/text-rules.ts';
import { codeFolders, listFiles } from './source.ts';

const texts = /\.(ts|js|json|md|ya?ml|toml|sh|py|go|mod)$|^(Makefile|run|disinto|\.npmrc|\.node-version)$/;

/** Names of files, and what no text may say: machine paths, registries, broad kills, leftovers, excuses without a reason. */
export function checkText(root: string): Verdict {
  const folders = [...codeFolders, 'docs', 'bin', 'examples', '.ci'];
  const paths = [...topFiles(root), ...folders.flatMap((folder) => listFiles(root, folder, texts))];
  return { looked: paths.length, findings: paths.flatMap((path) => [...judgeName(path), ...judgeText(root, path)]), notes: [] };
}

function topFiles(root: string): readonly string[] {
  const names = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'knip.json',
    'vitest.config.ts',
    'Makefile',
    '.npmrc',
    '.oxlintrc.json',
    '.oxfmtrc.json',
  ];
  const pages = ['README.md', 'AGENTS.md', 'CONTEXT.md', 'CHANGELOG.md'];
  return [...names, ...pages].filter((name) => listed(root, name));
}

function listed(root: string, name: string): boolean {
  try {
    readFileSync(join(root, name));
    return true;
  } catch {
    return false;
  }
}

function judgeName(path: string): readonly Finding[] {
  const name = basename(path);
  const finding = (right: string): Finding[] => [{ path, line: 1, rule: 'file-name', what: `the name ${name}`, right }];
  if (!codeFolders.some((folder) => path.startsWith(`${folder}/`)) || !/\.[jt]s$/.test(name)) return [];
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.[jt]s$/.test(name)) return finding('kebab-case, tests end in .test.ts');
  return emptyNames.includes(name.split('.')[0] ?? '') ? finding('name what is in it') : [];
}

function judgeText(root: string, path: string): readonly Finding[] {
  const rules = textRules.filter((rule) => rule.in.test(path));
  return readFileSync(join(root, path), 'utf8')
    .split('\n')
    .flatMap((line, at) =>
      rules.flatMap(({ rule, pattern, right }) => {
        const what = pattern.exec(line)?.[0].trim();
        return what === undefined ? [] : [{ path, line: at + 1, rule, what: `says ${what}`, right }];
      }),
    );
}
