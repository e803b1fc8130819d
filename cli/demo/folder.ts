import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { loadPlaybook, type Playbook } from '../../embedded/model/playbook.ts';
import { readYaml, renderProblems, suggestion } from '../../embedded/model/yaml.ts';
import { CliError } from '../command.ts';
import { shellWord } from '../shell-word.ts';

const issueKeys = ['title', 'body', 'labels', 'author'];

const GivenIssue = z
  .looseObject({
    title: z.string({ error: 'every issue needs a `title`, a text' }).trim().min(1, 'the title is empty').max(255, 'the title has more than 255 characters'),
    body: z
      .string({ error: 'the body must be a text' })
      .nullish()
      .transform((text) => text ?? ''),
    labels: z
      .array(z.string({ error: 'a label is a text' }).trim().min(1, 'a label is empty'), { error: '`labels` is a list of names' })
      .nullish()
      .transform((list) => list ?? []),
    author: z.enum(['maintainer', 'outsider'], { error: '`author` is `maintainer` or `outsider`' }).default('maintainer'),
  })
  .check((context) => {
    for (const key of Object.keys(context.value)) {
      if (issueKeys.includes(key)) continue;
      context.issues.push({
        code: 'custom',
        input: context.value,
        path: [key],
        message: `unknown key${suggestion(key, issueKeys)}; an issue has ${issueKeys.join(', ')}`,
      });
    }
  });

const IssuesFile = z.array(GivenIssue, { error: 'the file is a list of issues' }).min(1, 'there is no issue in it');

export interface GivenIssue {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly author: 'maintainer' | 'outsider';
}

/** A folder that `disinto demo` can run, read and checked. */
export interface DemoFolder {
  readonly path: string;
  readonly name: string;
  readonly source: { readonly kind: 'files' | 'bare'; readonly path: string };
  readonly issues: readonly GivenIssue[];
  readonly playbook: Playbook | null;
  /** Text of `disinto.toml`, if there is one. */
  readonly config: { readonly file: string; readonly text: string } | null;
}

/** Reads a demo folder. Throws `CliError` with everything that is wrong in all of its files at once. */
export async function readFolder(path: string): Promise<DemoFolder> {
  const folder = resolve(path);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new CliError(`${path} is not a folder; give one that holds repo/ (or repo.git/) and issues.yaml`);
  const problems: string[] = [];
  const source = findSource(folder, problems);
  const issues = await readIssues(folder, problems);
  const playbook = await readPlaybook(folder, problems);
  const configFile = join(folder, 'disinto.toml');
  const config = existsSync(configFile) ? { file: configFile, text: await readFile(configFile, 'utf8') } : null;
  if (problems.length > 0) throw new CliError(`${path} cannot be run:\n${problems.join('\n')}`);
  if (source === null) throw new CliError(`${path} has no repository`);
  return { path: folder, name: repositoryName(folder), source, issues, playbook, config };
}

function findSource(folder: string, problems: string[]): DemoFolder['source'] | null {
  const files = join(folder, 'repo');
  const bare = join(folder, 'repo.git');
  const [hasFiles, hasBare] = [existsSync(files) && statSync(files).isDirectory(), existsSync(join(bare, 'HEAD'))];
  if (hasFiles && hasBare) {
    problems.push(`${folder}: there are both repo/ and repo.git/; only one can become main, so move the other one away`);
    return null;
  }
  if (hasFiles) return { kind: 'files', path: files };
  if (hasBare) {
    const problem = problemOfBare(bare);
    if (problem !== null) problems.push(problem);
    return { kind: 'bare', path: bare };
  }
  problems.push(`${folder}: there is neither repo/ (plain files) nor repo.git/ (a bare repository); put the code that the factory is to work on there`);
  return null;
}

/** Its HEAD becomes main, so it must name a commit. */
function problemOfBare(bare: string): string | null {
  const git = (...args: string[]) => spawnSync('git', ['--git-dir', bare, ...args], { encoding: 'utf8' });
  if (git('rev-parse', '--verify', '--quiet', 'HEAD^{commit}').status === 0) return null;
  const branches = git('for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads')
    .stdout.split('\n')
    .filter((name) => name !== '');
  const head = git('symbolic-ref', '--short', '--quiet', 'HEAD').stdout.trim();
  const [first] = branches;
  if (first === undefined) return `${bare}: has no commit on any branch, or is no bare repository; push the code that the factory is to work on there`;
  const there = branches.slice(0, 5).join(', ');
  return `${bare}: its HEAD names ${head === '' ? 'no branch' : `the branch ${head}, which it does not have`} (it has ${there}); choose one: git --git-dir=${shellWord(bare)} symbolic-ref HEAD refs/heads/${first}`;
}

async function readIssues(folder: string, problems: string[]): Promise<readonly GivenIssue[]> {
  const file = join(folder, 'issues.yaml');
  if (!existsSync(file)) {
    problems.push(`${file}: is missing; write a list of issues, each with a title and a body`);
    return [];
  }
  const read = readYaml(await readFile(file, 'utf8'), IssuesFile);
  if (read.ok) return read.value;
  problems.push(renderProblems(file, read.problems));
  return [];
}

async function readPlaybook(folder: string, problems: string[]): Promise<Playbook | null> {
  const file = join(folder, 'playbook.yaml');
  if (!existsSync(file)) return null;
  try {
    return loadPlaybook(await readFile(file, 'utf8'), file);
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
    return null;
  }
}

/** The folder's name as a repository name: what a forge does not take becomes a hyphen, endings that it keeps to itself go. */
function repositoryName(folder: string): string {
  const name = basename(folder)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+/, '')
    .slice(0, 100)
    .replace(/(?:[-.]+|\.(?:git|wiki|new|rss|atom))+$/i, '');
  return name === '' ? 'repository' : name;
}
