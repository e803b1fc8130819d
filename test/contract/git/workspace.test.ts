import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Workspace } from '#git';
import { author, commitOnForge, createWorld, sh, type World } from './fixture.ts';

async function open(world: World, run = 'run_1', more: Partial<Parameters<World['git']['openWorkspace']>[0]> = {}): Promise<Workspace> {
  return await world.git.openWorkspace({ run, at: world.main, branch: 'fix/issue-7', author, ...more });
}

function unbundle(world: World, bundle: string): string {
  const into = join(world.root, `restored-${Math.random()}`);
  sh(world.root, 'clone', '--quiet', '--bare', world.forge, into);
  sh(into, 'bundle', 'verify', '--quiet', bundle);
  sh(into, 'fetch', '--quiet', bundle, '+refs/*:refs/restored/*');
  return into;
}

describe('a workspace', () => {
  it('is an ordinary checkout on its branch, with author and without a remote', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    expect(sh(workspace.path, 'status', '--porcelain=v1', '--branch')).toBe('## fix/issue-7');
    expect(sh(workspace.path, 'config', 'user.email')).toBe('dev@example.org');
    expect(sh(workspace.path, 'remote')).toBe('');
    expect(sh(workspace.path, 'fsck')).toBe('');
    expect(await workspace.head()).toBe(world.main);
    expect(await workspace.dirty()).toEqual([]);
    expect(await workspace.commitAll('Nothing')).toBeNull();
  });

  it('B22: commits what a session left, ignored files excepted, under the author it was given', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    mkdirSync(join(workspace.path, 'out'));
    mkdirSync(join(workspace.path, 'deep', 'er'), { recursive: true });
    writeFileSync(join(workspace.path, 'out', 'ignored'), 'x');
    writeFileSync(join(workspace.path, 'out', 'wanted'), 'x');
    writeFileSync(join(workspace.path, 'deep', 'er', 'new é'), 'new\n');
    rmSync(join(workspace.path, 'README.md'));
    sh(workspace.path, 'add', '--force', 'out/wanted');
    expect([...(await workspace.dirty())].sort()).toEqual(['README.md', 'deep/er/new é', 'out/wanted']);
    const made = await workspace.commitAll('Do it\n\nDisinto-Run: run_1');
    expect(await workspace.head()).toBe(made);
    expect(await workspace.dirty()).toEqual([]);
    expect(sh(workspace.path, 'status', '--porcelain')).toBe('');
    expect(sh(workspace.path, 'symbolic-ref', 'HEAD')).toBe('refs/heads/fix/issue-7');
    expect(await world.git.readCommit(made!)).toBeNull();
    expect(await workspace.objects.readCommit(made!)).toMatchObject({
      parents: [world.main],
      author: 'dev <dev@example.org>',
      trailers: { 'Disinto-Run': 'run_1' },
    });
    expect((await workspace.objects.listChangedFiles(world.main, made!)).map(({ path }) => path)).toEqual(['README.md', 'deep/er/new é', 'out/wanted']);
    expect(await workspace.publishToStore()).toBe(made);
    expect(await world.git.push([{ ref: 'refs/heads/fix/issue-7', to: made, expect: null }])).toEqual({ kind: 'pushed' });
    expect(sh(world.forge, 'fsck', '--strict', '--connectivity-only')).toBe('');
    expect(await world.git.retireWorkspace('run_1', 'done')).toBeNull();
    expect(existsSync(workspace.path)).toBe(false);
    expect(readdirSync(join(world.data, 'workspaces'))).toEqual([]);
    expect(readdirSync(join(world.data, 'git', 'scratch'))).toEqual([]);
  }, 30_000);

  it('takes commits the session made itself, also on another branch or none', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    sh(workspace.path, 'checkout', '--quiet', '-b', 'elsewhere');
    writeFileSync(join(workspace.path, 'x'), 'x');
    sh(workspace.path, 'add', 'x');
    sh(workspace.path, 'commit', '--quiet', '-m', 'Mine');
    sh(workspace.path, 'pack-refs', '--all');
    sh(workspace.path, 'gc', '--quiet');
    const own = sh(workspace.path, 'rev-parse', 'HEAD');
    expect(await workspace.head()).toBe(own);
    writeFileSync(join(workspace.path, 'y'), 'y');
    const made = await workspace.commitAll('Rest');
    expect((await workspace.objects.listCommits(world.main, made!)).map(({ message }) => message)).toEqual(['Mine', 'Rest']);
    expect(await workspace.publishToStore()).toBe(made);
    expect(await world.git.isAncestor(world.main, made!)).toBe(true);
  }, 30_000);

  it('leaves conflict markers of a merge to the session and commits both parents', async () => {
    const world = await createWorld();
    const theirs = commitOnForge(world, 'main', { 'src/a.txt': 'one\nZWEI\nthree\n', 'theirs.txt': 't\n' });
    const ours = commitOnForge(world, 'fix/issue-7', { 'src/a.txt': 'one\n2\nthree\n' }, 'main~1'.replace('~1', ''));
    await world.git.fetch();
    const mine = await world.git.createCommit({ tree: (await world.git.readCommit(ours))!.tree, parents: [world.main], message: 'Ours', author });
    const workspace = await open(world, 'run_1', { at: mine, merge: theirs });
    const conflicted = readFileSync(join(workspace.path, 'src', 'a.txt'), 'utf8');
    expect(conflicted).toMatch(/<<<<<<<[^]*>>>>>>>/);
    expect(await workspace.dirty()).toContain('src/a.txt');
    writeFileSync(join(workspace.path, 'src', 'a.txt'), 'one\nboth\nthree\n');
    const made = await workspace.commitAll('Merge main');
    expect((await workspace.objects.readCommit(made!))?.parents).toEqual([mine, theirs]);
    expect(sh(workspace.path, 'status', '--porcelain')).toBe('');
    expect(existsSync(join(workspace.path, '.git', 'MERGE_HEAD'))).toBe(false);
  }, 30_000);

  it('keeps nothing of a merge that the session never touched', async () => {
    const world = await createWorld();
    const theirs = commitOnForge(world, 'theirs', { 'src/a.txt': 'one\nZWEI\nthree\n' });
    const ours = commitOnForge(world, 'ours', { 'src/a.txt': 'one\n2\nthree\n' });
    await world.git.fetch();
    const workspace = await open(world, 'run_1', { at: ours, merge: theirs });
    expect(readFileSync(join(workspace.path, 'src', 'a.txt'), 'utf8')).toContain('<<<<<<<');
    expect(await world.git.retireWorkspace('run_1', 'session-failed')).toBeNull();
  }, 30_000);

  it('9.3: many are opened, used and retired at once without harm to each other', async () => {
    const world = await createWorld();
    const runs = Array.from({ length: 8 }, (_, i) => `run_${i}`);
    await Promise.all(
      runs.map(async (run, i) => {
        const git = world.open();
        const workspace = await git.openWorkspace({ run, at: world.main, branch: `fix/issue-${i}`, author });
        writeFileSync(join(workspace.path, 'mine'), run);
        const made = await workspace.commitAll(run);
        await workspace.publishToStore();
        expect(await git.push([{ ref: `refs/heads/fix/issue-${i}`, to: made, expect: null }])).toEqual({ kind: 'pushed' });
      }),
    );
    expect(await world.git.listWorkspaces()).toEqual(runs);
    expect(await Promise.all(runs.map(async (run) => await world.open().retireWorkspace(run, 'done')))).toEqual(runs.map(() => null));
    expect(await world.git.listWorkspaces()).toEqual([]);
  }, 60_000);

  it('refuses a second one for the same run', async () => {
    const world = await createWorld();
    await open(world);
    await expect(open(world)).rejects.toThrow(/has a workspace already/);
  });
});

describe('what a session may leave behind cannot act', () => {
  it('runs no program that its .git names: configuration, hooks, filters, a nested repository', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    const proof = join(world.root, 'pwned');
    const evil = join(world.root, 'evil.sh');
    writeFileSync(evil, `#!/bin/sh\necho "$0 $*" >> ${proof}\ncat\n`);
    chmodSync(evil, 0o755);
    const gitDir = join(workspace.path, '.git');
    const config = `[core]\nfsmonitor = ${evil}\nhooksPath = ${world.root}/hooks\npager = ${evil}\nsshCommand = ${evil}\nalternateRefsCommand = ${evil}\n[filter "x"]\nclean = ${evil}\nsmudge = ${evil}\nprocess = ${evil}\n[diff]\nexternal = ${evil}\n[diff "x"]\ntextconv = ${evil}\ncommand = ${evil}\n[uploadpack]\npackObjectsHook = ${evil}\n[commit]\ngpgSign = true\n[gpg]\nprogram = ${evil}\n[credential]\nhelper = ${evil}\n`;
    writeFileSync(join(gitDir, 'config'), config, { flag: 'a' });
    mkdirSync(join(world.root, 'hooks'));
    mkdirSync(join(gitDir, 'hooks'));
    for (const hook of ['pre-commit', 'post-commit', 'post-index-change', 'reference-transaction', 'commit-msg', 'post-checkout']) {
      for (const folder of [join(world.root, 'hooks'), join(gitDir, 'hooks')]) {
        writeFileSync(join(folder, hook), `#!/bin/sh\necho hook >> ${proof}\n`);
        chmodSync(join(folder, hook), 0o755);
      }
    }
    writeFileSync(join(workspace.path, '.gitattributes'), '* filter=x diff=x\n');
    const nested = join(workspace.path, 'nested');
    sh(workspace.path, '-c', 'core.fsmonitor=false', 'init', '--quiet', nested);
    writeFileSync(join(nested, 'f'), 'f');
    sh(nested, 'add', 'f');
    sh(nested, 'commit', '--quiet', '-m', 'n');
    writeFileSync(join(nested, '.git', 'config'), `[core]\nrepositoryformatversion = 0\n${config}`);
    rmSync(proof, { force: true });
    expect(await workspace.dirty()).toContain('.gitattributes');
    const made = await workspace.commitAll('Left');
    writeFileSync(join(nested, 'f'), 'g');
    await workspace.dirty();
    await workspace.commitAll('Again');
    await workspace.objects.diff(world.main, made!, { maxBytes: 10_000 });
    await workspace.publishToStore();
    await world.git.retireWorkspace('run_1', 'done');
    expect(existsSync(proof)).toBe(false);
  }, 30_000);

  it('borrows objects from our store only and follows no link out of the workspace', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    const secret = join(world.root, 'private');
    sh(world.root, 'init', '--quiet', secret);
    writeFileSync(join(secret, 's'), 'secret of another project\n');
    const blob = sh(secret, 'hash-object', '-w', 's');
    writeFileSync(join(workspace.path, '.git', 'objects', 'info', 'alternates'), `${secret}/.git/objects\n`, { flag: 'a' });
    sh(workspace.path, 'update-index', '--add', '--cacheinfo', `100644,${blob},stolen`);
    sh(workspace.path, 'commit', '--quiet', '-m', 'Steal');
    await expect(workspace.publishToStore()).rejects.toMatchObject({ name: 'GitError', kind: 'corrupt' });
    rmSync(join(workspace.path, '.git', 'refs'), { recursive: true });
    symlinkSync(world.root, join(workspace.path, '.git', 'refs'));
    await expect(workspace.commitAll('x')).rejects.toMatchObject({ kind: 'corrupt' });
  }, 30_000);
});

describe('retiring a workspace', () => {
  it('D2: keeps every commit and change that is not on the forge in a verified bundle', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    writeFileSync(join(workspace.path, 'committed'), 'c\n');
    sh(workspace.path, 'add', 'committed');
    sh(workspace.path, 'commit', '--quiet', '-m', 'Kept');
    sh(workspace.path, 'branch', 'second');
    sh(workspace.path, 'checkout', '--quiet', 'second');
    writeFileSync(join(workspace.path, 'on-second'), 's\n');
    sh(workspace.path, 'add', 'on-second');
    sh(workspace.path, 'commit', '--quiet', '-m', 'Second');
    sh(workspace.path, 'checkout', '--quiet', 'fix/issue-7');
    writeFileSync(join(workspace.path, 'untracked'), 'u\n');
    writeFileSync(join(workspace.path, 'README.md'), 'changed\n');
    const saved = await world.git.retireWorkspace('run_1', 'killed');
    expect(saved?.bundle).toBe(join(world.data, 'salvage', 'run_1.bundle'));
    expect(statSync(saved!.bundle).mode & 0o777).toBe(0o600);
    expect(existsSync(workspace.path)).toBe(false);
    const restored = unbundle(world, saved!.bundle);
    expect(sh(restored, 'show', `${saved!.head}:untracked`)).toBe('u');
    expect(sh(restored, 'show', `${saved!.head}:README.md`)).toBe('changed');
    expect(sh(restored, 'show', `${saved!.head}:committed`)).toBe('c');
    expect(sh(restored, 'show', 'refs/restored/salvage/heads/second:on-second')).toBe('s');
  }, 30_000);

  it('keeps the files of a repository that the session made inside its checkout', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    const nested = join(workspace.path, 'tool');
    sh(workspace.path, 'init', '--quiet', nested);
    mkdirSync(join(nested, 'lib'));
    writeFileSync(join(nested, 'lib', 'x.js'), 'work\n');
    sh(nested, 'add', '--all');
    sh(nested, 'commit', '--quiet', '-m', 'n');
    writeFileSync(join(nested, 'late'), 'late\n');
    sh(workspace.path, 'init', '--quiet', join(workspace.path, 'unborn'));
    writeFileSync(join(workspace.path, 'unborn', 'y'), 'y\n');
    writeFileSync(join(workspace.path, 'z'), 'z\n');
    const made = await workspace.commitAll('What git can commit');
    expect((await workspace.objects.listChangedFiles(world.main, made!)).map(({ path, mode }) => [path, mode])).toEqual([
      ['tool', '160000'],
      ['z', '100644'],
    ]);
    const saved = await world.git.retireWorkspace('run_1', 'killed');
    const restored = unbundle(world, saved!.bundle);
    expect(sh(restored, 'show', `${saved!.head}:tool/lib/x.js`)).toBe('work');
    expect(sh(restored, 'show', `${saved!.head}:tool/late`)).toBe('late');
    expect(sh(restored, 'show', `${saved!.head}:unborn/y`)).toBe('y');
  }, 30_000);

  it('keeps everything when the forge cannot be asked', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    writeFileSync(join(workspace.path, 'x'), 'x');
    const made = await workspace.commitAll('x');
    await workspace.publishToStore();
    await world.git.push([{ ref: 'refs/heads/fix/issue-7', to: made, expect: null }]);
    renameSync(world.forge, `${world.forge}.away`);
    expect((await world.git.retireWorkspace('run_1', 'stop'))?.head).toBe(made);
  }, 30_000);

  it('sets a damaged workspace aside instead of removing it', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    writeFileSync(join(workspace.path, 'precious'), 'p');
    rmSync(join(workspace.path, '.git'), { recursive: true });
    await expect(world.git.retireWorkspace('run_1', 'x')).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('salvage/run_1.workspace'),
    });
    expect(readFileSync(join(world.data, 'salvage', 'run_1.workspace', 'precious'), 'utf8')).toBe('p');
    expect(await world.git.listWorkspaces()).toEqual([]);
  }, 30_000);

  it('survives a ruined index and files without write permission', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    writeFileSync(join(workspace.path, '.git', 'index'), 'garbage');
    mkdirSync(join(workspace.path, 'out', 'cache'), { recursive: true });
    writeFileSync(join(workspace.path, 'out', 'cache', 'f'), 'f');
    chmodSync(join(workspace.path, 'out', 'cache'), 0o500);
    writeFileSync(join(workspace.path, 'x'), 'x');
    expect(await workspace.dirty()).toEqual(['x']);
    expect((await world.git.retireWorkspace('run_1', 'x'))?.run).toBe('run_1');
    expect(existsSync(workspace.path)).toBe(false);
  }, 30_000);

  it('removes nothing when the bundle cannot be written', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    writeFileSync(join(workspace.path, 'x'), 'x');
    rmSync(join(world.data, 'salvage'), { recursive: true });
    writeFileSync(join(world.data, 'salvage'), 'in the way');
    await expect(world.git.retireWorkspace('run_1', 'x')).rejects.toMatchObject({ name: 'GitError' });
    expect(readFileSync(join(workspace.path, 'x'), 'utf8')).toBe('x');
    rmSync(join(world.data, 'salvage'));
    expect((await world.git.retireWorkspace('run_1', 'x'))?.run).toBe('run_1');
  }, 30_000);

  it('touches no directory that is not the one it made', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    renameSync(workspace.path, join(world.root, 'moved'));
    mkdirSync(workspace.path);
    writeFileSync(join(workspace.path, 'foreign'), 'f');
    await expect(world.git.retireWorkspace('run_1', 'x')).rejects.toThrow(/left alone/);
    mkdirSync(join(world.data, 'workspaces', 'run_2'));
    await expect(world.git.retireWorkspace('run_2', 'x')).rejects.toThrow(/no creation record/);
    await expect(world.git.retireWorkspace('../salvage', 'x')).rejects.toThrow(TypeError);
    expect(readFileSync(join(workspace.path, 'foreign'), 'utf8')).toBe('f');
    expect(await world.git.retireWorkspace('run_3', 'x')).toBeNull();
  }, 30_000);

  it('finishes an opening or a removal that was cut short', async () => {
    const world = await createWorld();
    mkdirSync(join(world.data, 'workspaces', 'run_9.git', 'checkout'), { recursive: true });
    expect(await world.git.listWorkspaces()).toEqual(['run_9']);
    expect(await world.git.retireWorkspace('run_9', 'lost')).toBeNull();
    expect(await world.git.listWorkspaces()).toEqual([]);
  });
});
