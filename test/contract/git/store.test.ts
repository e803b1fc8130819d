import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Sha } from '#domain/sha';
import { GitError } from '#git';
import { author, commitOnForge, createWorld, sh } from './fixture.ts';

describe('the shared store', () => {
  it('M14: shows the refs of the forge as of the last fetch, and forgets deleted ones', async () => {
    const { git, forge, main, ...world } = await createWorld();
    expect(await git.resolve('refs/heads/main')).toBe(main);
    const side = commitOnForge({ git, forge, main, ...world }, 'topic', { 'b.txt': 'b\n' });
    expect(await git.resolve('refs/heads/topic')).toBeNull();
    await git.fetch();
    expect(await git.resolve('refs/heads/topic')).toBe(side);
    sh(forge, 'update-ref', '-d', 'refs/heads/topic');
    await git.fetch();
    expect(await git.resolve('refs/heads/topic')).toBeNull();
    expect([...(await git.listRefs('refs/heads/')).keys()]).toEqual(['refs/heads/main']);
  });

  it('B17: heals when the store was removed', async () => {
    const { git, data, main } = await createWorld();
    rmSync(join(data, 'git'), { recursive: true });
    await git.fetch();
    expect(await git.resolve('refs/heads/main')).toBe(main);
  });

  it('removes a ref lock that a killed process left, and not a young one', async () => {
    const world = await createWorld();
    const lock = join(world.data, 'git', 'demo.git', 'refs', 'heads', 'main.lock');
    writeFileSync(lock, '');
    utimesSync(lock, new Date(0), new Date(0));
    const next = commitOnForge(world, 'main', { 'b.txt': 'b\n' });
    await world.git.fetch();
    expect(await world.git.resolve('refs/heads/main')).toBe(next);
    expect(existsSync(lock)).toBe(false);
  }, 30_000);

  it('packs itself when it has many small files, and keeps what nothing refers to: workspaces may borrow it', async () => {
    const world = await createWorld();
    const record = await world.git.createRecord('unreferenced', 'still here');
    const objects = join(world.data, 'git', 'demo.git', 'objects');
    const loose = join(objects, record.slice(0, 2), record.slice(2));
    mkdirSync(join(objects, '17'), { recursive: true });
    for (let i = 0; i < 50; i += 1) writeFileSync(join(objects, '17', `filler-${i}`), '');
    expect(existsSync(loose)).toBe(true);
    await world.git.fetch();
    await world.git.fetch();
    expect(existsSync(loose)).toBe(false);
    expect(await world.git.readRecord(record)).toBe('still here');
  });

  it('serves several users of one data directory at once', async () => {
    const world = await createWorld();
    const tip = commitOnForge(world, 'main', { 'b.txt': 'b\n' });
    const users = Array.from({ length: 6 }, () => world.open());
    await Promise.all(users.map(async (user) => await user.fetch()));
    expect(await Promise.all(users.map(async (user) => await user.resolve('refs/heads/main')))).toEqual(users.map(() => tip));
  }, 30_000);

  it('works on an empty forge and on a SHA-256 one', async () => {
    const world = await createWorld();
    const empty = join(world.root, 'empty.git');
    sh(world.root, 'init', '--quiet', '--bare', empty);
    const none = world.open({ project: 'empty', remoteUrl: empty });
    await none.fetch();
    expect((await none.listRefs('refs/')).size).toBe(0);
    const other = join(world.root, 'sha256.git');
    const seed = join(world.root, 'seed256');
    sh(world.root, 'init', '--quiet', '--bare', '--object-format=sha256', other);
    sh(world.root, 'init', '--quiet', '--object-format=sha256', seed);
    sh(seed, 'commit', '--quiet', '--allow-empty', '-m', 'Start');
    sh(seed, 'push', '--quiet', other, 'HEAD:main');
    const git = world.open({ project: 'sha256', remoteUrl: other });
    await git.fetch();
    const tip = await git.resolve('refs/heads/main');
    expect(tip).toHaveLength(64);
    const record = await git.createRecord('certificate', '{"ok":true}');
    expect(await git.push([{ ref: 'refs/disinto/certificates/1', to: record, expect: null }])).toEqual({ kind: 'pushed' });
    const workspace = await git.openWorkspace({ run: 'run_1', at: tip as Sha, branch: 'fix/issue-1', author });
    writeFileSync(join(workspace.path, 'x'), 'x');
    expect(await workspace.commitAll('Add x')).toHaveLength(64);
    await workspace.publishToStore();
  }, 30_000);
});

describe('errors say what is wrong', () => {
  it('tells an unreachable forge from an empty answer', async () => {
    const world = await createWorld();
    const git = world.open({ project: 'gone', remoteUrl: join(world.root, 'nowhere.git') });
    await expect(git.fetch()).rejects.toMatchObject({ name: 'GitError', kind: 'unavailable' });
    await expect(git.listRefs('refs/heads/')).rejects.toBeInstanceOf(GitError);
    const refused = world.open({ project: 'refused', remoteUrl: 'http://127.0.0.1:1/a/b.git' });
    await expect(refused.listRefs('refs/heads/')).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('B5: refuses an address with a credential in it, and writes none down', async () => {
    const world = await createWorld();
    expect(() => world.open({ remoteUrl: 'http://dev:hunter2hunter2@127.0.0.1/a/b.git' })).toThrow(/holds a credential/);
    const git = world.open({ credentials: { login: 'dev', token: () => 'canary-token-123' } });
    await git.fetch();
    const workspace = await git.openWorkspace({ run: 'run_1', at: world.main, branch: 'fix/issue-1', author });
    expect(() => sh(world.data, 'grep', '--no-index', '--quiet', '--no-exclude-standard', 'canary-token', '.')).toThrow();
    expect(readFileSync(join(workspace.path, '.git', 'config'), 'utf8')).not.toContain('remote');
    expect(sh(workspace.path, 'remote')).toBe('');
  });
});

describe('reading', () => {
  it('answers about commits, merges, files and diffs', async () => {
    const world = await createWorld();
    const { git, main } = world;
    const ours = commitOnForge(world, 'ours', { 'src/a.txt': 'one\n2\nthree\n', 'new é.txt': 'n\n' });
    const theirs = commitOnForge(world, 'theirs', { 'src/a.txt': 'one\nzwei\nthree\n' });
    const apart = commitOnForge(world, 'apart', { 'other.bin': '\0\u0001' });
    await git.fetch();
    expect(await git.mergeBase(ours, theirs)).toBe(main);
    expect(await git.isAncestor(main, ours)).toBe(true);
    expect(await git.isAncestor(ours, main)).toBe(false);
    expect(await git.mergeResult(ours, theirs)).toEqual({ kind: 'conflict', paths: ['src/a.txt'] });
    expect((await git.mergeResult(ours, apart)).kind).toBe('clean');
    expect(await git.listChangedFiles(main, ours)).toEqual([
      { path: 'new é.txt', change: 'added', mode: '100644', additions: 1, deletions: 0, binary: false },
      { path: 'src/a.txt', change: 'modified', mode: '100644', additions: 1, deletions: 1, binary: false },
    ]);
    expect(await git.listChangedFiles(apart, main)).toMatchObject([{ path: 'other.bin', change: 'deleted', mode: '100644', binary: true }]);
    expect(await git.diff(main, ours, { maxBytes: 10_000, paths: ['src/a.txt'] })).toMatch(/^diff --git a\/src\/a.txt[^]*-two\n\+2\n/);
    const cut = await git.diff(main, ours, { maxBytes: 60 });
    expect(cut).toMatch(/\[the diff goes on: cut after 60 bytes\]\n$/);
    expect((await git.readFile(ours, 'src/a.txt'))?.toString()).toBe('one\n2\nthree\n');
    expect(await git.readFile(ours, 'src/none.txt')).toBeNull();
    expect(await git.readFile(ours, 'src')).toBeNull();
    expect(await git.listFiles(ours, 'src')).toEqual(['src/a.txt']);
    expect(await git.listFiles(main, '')).toEqual(['.gitignore', 'README.md', 'src/a.txt']);
    expect((await git.listCommits(main, ours)).map(({ sha }) => sha)).toEqual([ours]);
    expect(await git.readCommit('0123456789012345678901234567890123456789' as Sha)).toBeNull();
    expect(await git.readCommit(main)).toMatchObject({ sha: main, parents: [], author: 'Test <t@example.org>', message: 'Start' });
  }, 30_000);

  it('makes commits, records and notes that plain git reads', async () => {
    const { git, forge, main } = await createWorld();
    const base = await git.readCommit(main);
    const made = await git.createCommit({ tree: base!.tree, parents: [main], message: 'Say\n\nDisinto-Run: run_7', author });
    expect(await git.readCommit(made)).toMatchObject({ parents: [main], author: 'dev <dev@example.org>', trailers: { 'Disinto-Run': 'run_7' } });
    const record = await git.createRecord('certificate', '{"a":1}');
    expect(await git.readRecord(record)).toBe('{"a":1}');
    expect(await git.readRecord(main)).toBeNull();
    expect(await git.readNote(main)).toBeNull();
    const note = await git.createNote(main, '{"certificate":1}');
    expect(await git.push([note, { ref: 'refs/heads/x', to: made, expect: null }])).toEqual({ kind: 'pushed' });
    await git.fetch();
    expect(await git.readNote(main)).toBe('{"certificate":1}');
    expect(sh(forge, 'notes', '--ref=disinto', 'show', main)).toBe('{"certificate":1}');
    expect((await git.push([await git.createNote(made, 'second')])).kind).toBe('pushed');
    expect(await git.push([{ ...(await git.createNote(made, 'third')), expect: note.to }])).toMatchObject({ kind: 'moved' });
    await git.fetch();
    expect(await git.readNote(main)).toBe('{"certificate":1}');
    expect(sh(forge, 'fsck', '--strict')).toBe('');
  }, 30_000);
});
