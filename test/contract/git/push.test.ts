import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitOnForge, createWorld, sh, type World } from './fixture.ts';

async function mark(world: World, text: string) {
  return await world.git.createRecord(text, text);
}

describe('push', () => {
  it('creates, replaces and deletes only from the expected value', async () => {
    const world = await createWorld();
    const [a, b] = [await mark(world, 'a'), await mark(world, 'b')];
    const ref = 'refs/disinto/held/7';
    expect(await world.git.push([{ ref, to: a, expect: null }])).toEqual({ kind: 'pushed' });
    expect(await world.git.resolve(ref)).toBe(a);
    expect(await world.git.push([{ ref, to: b, expect: null }])).toEqual({ kind: 'moved', refs: [ref] });
    expect(await world.git.push([{ ref, to: a, expect: b }])).toEqual({ kind: 'moved', refs: [ref] });
    expect(await world.git.push([{ ref, to: b, expect: a }])).toEqual({ kind: 'pushed' });
    expect(await world.git.push([{ ref, to: null, expect: a }])).toEqual({ kind: 'moved', refs: [ref] });
    expect(await world.git.push([{ ref, to: null, expect: b }])).toEqual({ kind: 'pushed' });
    expect(await world.git.push([{ ref, to: null, expect: b }])).toEqual({ kind: 'moved', refs: [ref] });
    expect(await world.git.push([{ ref, to: null, expect: 'any' }])).toEqual({ kind: 'pushed' });
    expect(await world.git.push([{ ref, to: null, expect: null }])).toEqual({ kind: 'pushed' });
    expect(await world.git.resolve(ref)).toBeNull();
  }, 30_000);

  it('tells only one of two who create a ref from the same object that he did it', async () => {
    const world = await createWorld();
    const same = await mark(world, 'same');
    const create = async () => await world.open().push([{ ref: 'refs/disinto/held/1', to: same, expect: null }]);
    expect([(await create()).kind, (await create()).kind]).toEqual(['pushed', 'moved']);
    expect((await world.git.push([{ ref: 'refs/disinto/held/1', to: same, expect: same }])).kind).toBe('pushed');
    expect((await world.git.push([{ ref: 'refs/disinto/held/1', to: same, expect: 'any' }])).kind).toBe('pushed');
  }, 30_000);

  it('does all or nothing', async () => {
    const world = await createWorld();
    const [a, b] = [await mark(world, 'a'), await mark(world, 'b')];
    await world.git.push([{ ref: 'refs/disinto/held/1', to: a, expect: null }]);
    const both = [
      { ref: 'refs/disinto/held/2', to: a, expect: null },
      { ref: 'refs/disinto/held/1', to: b, expect: null },
    ];
    expect(await world.git.push(both)).toEqual({ kind: 'moved', refs: ['refs/disinto/held/1'] });
    expect([...(await world.git.listRefs('refs/disinto/')).entries()]).toEqual([['refs/disinto/held/1', a]]);
  }, 30_000);

  it('M1: says refused, with the reason, when the forge protects a branch', async () => {
    const world = await createWorld();
    const hook = join(world.forge, 'hooks', 'pre-receive');
    writeFileSync(hook, '#!/bin/sh\necho "branch main is protected" >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    const next = await mark(world, 'next');
    expect(await world.git.push([{ ref: 'refs/heads/main', to: next, expect: world.main }])).toEqual({
      kind: 'refused',
      why: expect.stringContaining('branch main is protected'),
    });
    expect(sh(world.forge, 'rev-parse', 'main')).toBe(world.main);
  });

  it('replaces a diverged branch only with its expected value', async () => {
    const world = await createWorld();
    const seen = commitOnForge(world, 'fix/issue-7', { 'a.txt': '1\n' });
    const pushedByPerson = commitOnForge(world, 'fix/issue-7', { 'b.txt': '2\n' }, 'fix/issue-7');
    await world.git.fetch();
    const mine = await mark(world, 'mine');
    expect(await world.git.push([{ ref: 'refs/heads/fix/issue-7', to: mine, expect: seen }])).toMatchObject({ kind: 'moved' });
    expect(sh(world.forge, 'rev-parse', 'fix/issue-7')).toBe(pushedByPerson);
    expect(await world.git.push([{ ref: 'refs/heads/fix/issue-7', to: mine, expect: pushedByPerson }])).toEqual({ kind: 'pushed' });
  }, 30_000);

  it('throws for an object that is nowhere and for a bad ref name', async () => {
    const { git, main } = await createWorld();
    await expect(git.push([{ ref: 'refs/heads/x', to: main.replaceAll('a', 'b').replace(/^./, 'f') as typeof main, expect: null }])).rejects.toMatchObject({
      name: 'GitError',
    });
    await expect(git.push([{ ref: 'refs/heads/../x', to: main, expect: null }])).rejects.toThrow(TypeError);
  });
});
