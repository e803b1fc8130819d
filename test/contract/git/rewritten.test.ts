import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Workspace } from '#git';
import { author, commitOnForge, createWorld, sh, type World } from './fixture.ts';

const write = (workspace: Workspace, files: Readonly<Record<string, string>>): void => {
  for (const [path, content] of Object.entries(files)) writeFileSync(join(workspace.path, path), content);
};

async function open(world: World, more: Partial<Parameters<World['git']['openWorkspace']>[0]> = {}): Promise<Workspace> {
  return await world.git.openWorkspace({ run: 'run_1', at: world.main, branch: 'fix/issue-7', author, ...more });
}

/** What became of the session's work: the commits on the commit that was checked out, and the files they change. */
async function result(world: World, workspace: Workspace) {
  await workspace.commitAll('What was done');
  const head = await workspace.publishToStore();
  const commits = await world.git.listCommits(workspace.base, head);
  const files = await world.git.listChangedFiles(workspace.base, head);
  return {
    messages: commits.map(({ message }) => message),
    parents: commits[0]?.parents,
    files: files.map(({ path }) => path),
    follows: await world.git.isAncestor(workspace.base, head),
  };
}

const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.org'] as const;

const ways: Readonly<Record<string, (workspace: Workspace) => void>> = {
  'the only commit of main was amended': ({ path }) => {
    sh(path, 'add', '--all');
    sh(path, 'commit', '--quiet', '--amend', '-m', 'Mine');
  },
  'an orphan branch was made': ({ path }) => {
    sh(path, 'checkout', '--quiet', '--orphan', 'x');
    sh(path, 'add', '--all');
    sh(path, 'commit', '--quiet', '-m', 'Mine');
  },
  'an orphan branch was made, with no commit': ({ path }) => void sh(path, 'checkout', '--quiet', '--orphan', 'x'),
  'the repository was begun anew': ({ path }) => {
    rmSync(join(path, '.git'), { recursive: true });
    sh(path, 'init', '--quiet');
    sh(path, 'add', '--all');
    sh(path, ...identity, 'commit', '--quiet', '-m', 'Mine');
  },
  'the repository was begun anew, with no commit': ({ path }) => {
    rmSync(join(path, '.git'), { recursive: true });
    sh(path, 'init', '--quiet');
  },
  'HEAD names nothing that is there': ({ path }) => writeFileSync(join(path, '.git', 'HEAD'), `${'1'.repeat(40)}\n`),
};

describe('a session that leaves a history of its own', () => {
  it.each(Object.keys(ways))(
    'its files become one commit on what was checked out: %s',
    async (way) => {
      const world = await createWorld();
      const workspace = await open(world);
      write(workspace, { 'README.md': 'changed\n', 'new.txt': 'n\n' });
      ways[way]!(workspace);
      write(workspace, { 'late.txt': 'l\n' });
      expect(await result(world, workspace)).toEqual({
        messages: ['What was done'],
        parents: [world.main],
        files: ['README.md', 'late.txt', 'new.txt'],
        follows: true,
      });
      expect(await workspace.dirty()).toEqual([]);
      expect(await workspace.commitAll('Again')).toBeNull();
    },
    30_000,
  );

  it('one that went back to an older commit, or amended a later one, too', async () => {
    const world = await createWorld();
    const second = commitOnForge(world, 'main', { 'second.txt': '2\n' });
    await world.git.fetch();
    const workspace = await open(world, { at: second });
    sh(workspace.path, 'reset', '--quiet', '--hard', 'HEAD~1');
    write(workspace, { 'new.txt': 'n\n' });
    expect(await result(world, workspace)).toMatchObject({ messages: ['What was done'], parents: [second], files: ['new.txt', 'second.txt'] });
    const other = await open(world, { run: 'run_2', at: second });
    write(other, { 'new.txt': 'n\n' });
    sh(other.path, 'add', '--all');
    sh(other.path, 'commit', '--quiet', '--amend', '-m', 'Mine');
    expect(await result(world, other)).toMatchObject({ messages: ['What was done'], parents: [second], files: ['new.txt'] });
  }, 30_000);

  it('has changed nothing when its files are those that were checked out', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    sh(workspace.path, 'commit', '--quiet', '--amend', '-m', 'Mine');
    expect(await workspace.commitAll('Nothing')).toBeNull();
    expect(await workspace.head()).toBe(world.main);
  });

  it('keeps its own commits when they follow what was checked out, on a detached HEAD or another branch', async () => {
    const world = await createWorld();
    for (const [run, ...how] of [
      ['run_1', '--detach'],
      ['run_2', '-b', 'elsewhere'],
    ] as const) {
      const workspace = await open(world, { run });
      sh(workspace.path, 'checkout', '--quiet', ...how);
      write(workspace, { 'new.txt': 'n\n' });
      sh(workspace.path, 'add', '--all');
      sh(workspace.path, 'commit', '--quiet', '-m', 'Mine');
      write(workspace, { 'late.txt': 'l\n' });
      expect(await result(world, workspace)).toMatchObject({ messages: ['Mine', 'What was done'], files: ['late.txt', 'new.txt'] });
    }
  }, 30_000);

  it('a merge that was asked for keeps both parents, unless the session went back to before it', async () => {
    const world = await createWorld();
    const ours = commitOnForge(world, 'ours', { 'src/a.txt': 'one\n2\nthree\n' });
    const theirs = commitOnForge(world, 'main', { 'src/a.txt': 'one\nZWEI\nthree\n', 'theirs.txt': 't\n' });
    await world.git.fetch();
    const anew = await open(world, { at: ours, merge: theirs });
    write(anew, { 'src/a.txt': 'one\nboth\nthree\n' });
    ways['the repository was begun anew']!(anew);
    const made = await anew.commitAll('Merge main');
    expect((await anew.objects.readCommit(made!))?.parents).toEqual([ours, theirs]);
    expect((await anew.objects.listChangedFiles(theirs, made!)).map(({ path }) => path)).toEqual(['src/a.txt']);
    const onMain = await open(world, { run: 'run_2', at: ours, merge: theirs });
    sh(onMain.path, 'reset', '--quiet', '--hard', theirs);
    write(onMain, { 'src/a.txt': 'one\nboth\nthree\n' });
    expect((await onMain.objects.readCommit((await onMain.commitAll('Merge main'))!))?.parents).toEqual([ours, theirs]);
    const back = await open(world, { run: 'run_3', at: ours, merge: theirs });
    sh(back.path, 'reset', '--quiet', '--hard', world.main);
    expect((await back.objects.readCommit((await back.commitAll('Back'))!))?.parents).toEqual([ours]);
  }, 30_000);

  it('is refused when there is no repository any more', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    rmSync(join(workspace.path, '.git'), { recursive: true });
    await expect(workspace.commitAll('x')).rejects.toMatchObject({ name: 'GitError', kind: 'corrupt' });
  });
});

describe('an index that hides files', () => {
  it('hides no edit: assume-unchanged and skip-worktree', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    sh(workspace.path, 'update-index', '--assume-unchanged', 'README.md');
    sh(workspace.path, 'update-index', '--skip-worktree', 'src/a.txt', '.gitignore');
    write(workspace, { 'README.md': 'edited\n', 'src/a.txt': 'edited\n' });
    rmSync(join(workspace.path, '.gitignore'));
    expect([...(await workspace.dirty())].sort()).toEqual(['.gitignore', 'README.md', 'src/a.txt']);
    expect((await result(world, workspace)).files).toEqual(['.gitignore', 'README.md', 'src/a.txt']);
  }, 30_000);

  it('of a sparse checkout leaves alone what is not there, and sees what was written there all the same', async () => {
    const world = await createWorld();
    const tip = commitOnForge(world, 'main', { 'top.txt': 't\n' });
    await world.git.fetch();
    const workspace = await open(world, { at: tip });
    sh(workspace.path, 'sparse-checkout', 'set', '--no-cone', '/README.md');
    expect(existsSync(join(workspace.path, 'src', 'a.txt'))).toBe(false);
    mkdirSync(join(workspace.path, 'src'), { recursive: true });
    write(workspace, { 'README.md': 'edited\n', 'src/a.txt': 'edited\n' });
    expect((await result(world, workspace)).files).toEqual(['README.md', 'src/a.txt']);
    expect(readFileSync(join(workspace.path, 'src', 'a.txt'), 'utf8')).toBe('edited\n');
  }, 30_000);
});
