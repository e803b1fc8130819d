import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Workspace } from '#git';
import { author, createWorld, sh, type World } from './fixture.ts';

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
