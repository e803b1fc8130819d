import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { author, createForgeWorld, sh } from './fixture.ts';

describe('over HTTP to the embedded forge', () => {
  it('does a whole round: claim, workspace, push, note, release', async () => {
    const world = await createForgeWorld();
    const { git, main } = world;
    const taken = await git.claims.take('7', { agent: 'dev', run: 'run_1', leaseSeconds: 60, holderIsDead: () => false });
    if (taken.kind !== 'claimed') throw new Error('not claimed');
    const workspace = await git.openWorkspace({ run: 'run_1', at: main, branch: 'fix/issue-7', author });
    writeFileSync(join(workspace.path, 'x'), 'x');
    const made = (await workspace.commitAll('Add x'))!;
    await workspace.publishToStore();
    const note = await git.createNote(made, '{"ok":true}');
    expect(await git.push([{ ref: 'refs/heads/fix/issue-7', to: made, expect: null }, note])).toEqual({ kind: 'pushed' });
    expect(await git.retireWorkspace('run_1', 'done')).toBeNull();
    await git.claims.release(taken.claim);
    expect([...(await git.listRefs('refs/')).keys()]).toEqual(['refs/heads/fix/issue-7', 'refs/heads/main', 'refs/notes/disinto']);
    expect(sh(world.forge, 'fsck', '--strict', '--no-dangling')).toBe('');
  }, 30_000);

  it('B6, C5: says auth for a wrong token, and forbidden for an account without the right to write', async () => {
    const world = await createForgeWorld();
    const wrong = world.open({ credentials: { login: 'dev', token: () => 'not-the-token' } });
    const update = [{ ref: 'refs/heads/x', to: world.main, expect: null }] as const;
    await expect(wrong.push(update)).rejects.toMatchObject({ name: 'GitError', kind: 'auth', message: expect.stringContaining('token') });
    const token = world.server.seed.createToken('outsider', 'git');
    const outsider = world.open({ credentials: { login: 'outsider', token: () => token } });
    await expect(outsider.push(update)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(outsider.claims.take('7', { agent: 'dev', run: 'r', leaseSeconds: 60, holderIsDead: () => false })).rejects.toMatchObject({
      kind: 'forbidden',
    });
  }, 30_000);

  it('M1: says refused for a protected branch', async () => {
    const world = await createForgeWorld();
    world.server.seed.setProtection('owner/demo', 'main', { enable_push: false });
    const base = (await world.git.readCommit(world.main))!;
    const next = await world.git.createCommit({ tree: base.tree, parents: [world.main], message: 'Past the rules', author });
    expect(await world.git.push([{ ref: 'refs/heads/main', to: next, expect: world.main }])).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/protect/i),
    });
  }, 30_000);

  it('says unavailable when the forge is down', async () => {
    const world = await createForgeWorld();
    await world.stop();
    await expect(world.git.fetch()).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(world.git.push([{ ref: 'refs/heads/x', to: world.main, expect: null }])).rejects.toMatchObject({ kind: 'unavailable' });
  }, 30_000);

  it('B5, L16: the token is in no process list, file or error', async () => {
    const world = await createForgeWorld();
    const path = process.env['PATH'] ?? '';
    const wrapper = join(world.root, 'bin');
    const trace = join(world.root, 'trace');
    mkdirSync(wrapper);
    const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
    writeFileSync(join(wrapper, 'git'), `#!/bin/sh\nGIT_TRACE=${trace} exec ${real} "$@"\n`);
    chmodSync(join(wrapper, 'git'), 0o755);
    process.env['PATH'] = `${wrapper}:${path}`;
    onTestFinished(() => void (process.env['PATH'] = path));
    const git = world.open({ project: 'traced' });
    await git.fetch();
    await git.push([{ ref: 'refs/heads/x', to: world.main, expect: null }]);
    const seen = readFileSync(trace, 'utf8');
    const basic = Buffer.from(`dev:${world.account.token}`).toString('base64');
    expect(seen).toContain('git-remote-http');
    expect(seen.includes(world.account.token) || seen.includes(basic)).toBe(false);
    for (const form of [world.account.token, basic]) {
      expect(() => sh(world.data, 'grep', '--no-index', '--quiet', '--no-exclude-standard', '--fixed-strings', form, '.')).toThrow();
    }
  }, 30_000);
});
