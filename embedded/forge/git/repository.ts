import { appendFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Git } from './run.ts';

export interface NewRepository {
  readonly folder: string;
  readonly defaultBranch: string;
  /** Plain files that become the first commit, all of them whatever a `.gitignore` says, or a bare repository whose HEAD branch becomes the default branch; null: empty. */
  readonly content: { readonly files: string } | { readonly bare: string } | { readonly readme: string } | null;
  readonly person: { readonly name: string; readonly email: string };
  readonly at: number;
  readonly scratch: string;
}

const settings = `
[http]
	receivepack = true
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[receive]
	autogc = false
	hideRefs = refs/pull
[gc]
	auto = 0
[core]
	hooksPath = /dev/null
	logAllRefUpdates = false
`;

/** Makes a bare repository beside its place and moves it there when it is whole, replacing a leftover that the database does not know. */
export async function makeRepository(git: Git, plan: NewRepository): Promise<void> {
  const fresh = `${plan.folder}.${plan.scratch}.new`;
  await mkdir(dirname(plan.folder), { recursive: true });
  try {
    await git.run(dirname(plan.folder), ['init', '--quiet', '--bare', '--template=', `--initial-branch=${plan.defaultBranch}`, fresh]);
    await appendFile(join(fresh, 'config'), settings);
    await fill(git, fresh, plan);
    await rm(plan.folder, { recursive: true, force: true });
    await rename(fresh, plan.folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function fill(git: Git, fresh: string, plan: NewRepository): Promise<void> {
  const { content } = plan;
  if (content === null) return;
  if ('bare' in content) {
    await git.run(fresh, ['fetch', '--quiet', content.bare, `+HEAD:refs/heads/${plan.defaultBranch}`, '+refs/tags/*:refs/tags/*']);
    return;
  }
  const env = { GIT_INDEX_FILE: join(fresh, 'import-index') };
  if ('files' in content) {
    await git.run(fresh, [`--git-dir=${fresh}`, `--work-tree=${content.files}`, 'add', '--all', '--force', '.'], {
      env: { ...env, GIT_DIR: fresh, GIT_WORK_TREE: content.files },
    });
  } else {
    const { out } = await git.run(fresh, ['hash-object', '-w', '--stdin'], { input: content.readme });
    await git.run(fresh, ['update-index', '--add', '--cacheinfo', `100644,${out.trim()},README.md`], { env });
  }
  const tree = (await git.run(fresh, ['write-tree'], { env })).out.trim();
  const commit = await git.run(fresh, ['commit-tree', tree, '-m', 'Initial commit'], {
    env: {
      GIT_AUTHOR_NAME: plan.person.name,
      GIT_AUTHOR_EMAIL: plan.person.email,
      GIT_AUTHOR_DATE: `${plan.at} +0000`,
      GIT_COMMITTER_NAME: plan.person.name,
      GIT_COMMITTER_EMAIL: plan.person.email,
      GIT_COMMITTER_DATE: `${plan.at} +0000`,
    },
  });
  await git.run(fresh, ['update-ref', `refs/heads/${plan.defaultBranch}`, commit.out.trim()]);
  await rm(env.GIT_INDEX_FILE, { force: true });
}
