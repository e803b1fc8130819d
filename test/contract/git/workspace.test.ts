import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Workspace } from '#git';
import { author, commitOnForge, createWorld, sh, type World } from './fixture.ts';

async function open(world: World, run = 'run_1', more: Partial<Parameters<World['git']['openWorkspace']>[0]> = {}): Promise<Workspace> {
  return await world.git.openWorkspace({ run, at: world.main, branch: 'fix/issue-7', author, ...more });
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

  it('sees a change of the same size made in the second of the checkout, however late it is committed', async () => {
    const world = await createWorld();
    const workspace = await open(world);
    const readme = join(workspace.path, 'README.md');
    const text = readFileSync(readme, 'utf8');
    writeFileSync(readme, text.replace(/\w/g, 'x'));
    await new Promise((resolve) => setTimeout(resolve, 1050 - (Date.now() % 1000)));
    expect(await workspace.commitAll('Change it')).not.toBeNull();
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
