import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { forgeEnvironment } from './environment.ts';
import { classify, fileFailure, gitFailure } from './failure.ts';
import { isRefName, readHead, readRefs } from './refs.ts';
import { coalesce } from './serial.ts';

it.each([
  ['full', 'fatal: write error: No space left on device'],
  ['full', 'error: file write error: Disk quota exceeded\nfatal: the remote end hung up unexpectedly'],
  ['auth', "fatal: could not read Username for 'http://f': terminal prompts disabled"],
  ['auth', "fatal: unable to access 'http://f/': The requested URL returned error: 401"],
  ['forbidden', "fatal: unable to access 'http://f/': The requested URL returned error: 403"],
  ['rate-limited', 'error: RPC failed; HTTP 429 curl 22 The requested URL returned error: 429\nfatal: expected flush after ref listing'],
  ['unavailable', "fatal: unable to access 'http://f/': Failed to connect to f port 1: Connection refused"],
  ['unavailable', "fatal: unable to access 'http://f/': The requested URL returned error: 503"],
  ['corrupt', 'error: object file .git/objects/ab/cd is empty'],
  ['failed', 'fatal: something new'],
])('%s: %s', (kind, stderr) => expect(classify(stderr)).toBe(kind));

it('says of a right that lacks what the forge said, and of an archived repository what to do; nobody is told to make a new token', () => {
  const end = "fatal: unable to access 'http://f/archived/': The requested URL returned error: 403";
  const told = (remote: string): string => gitFailure('forbidden', 'git push', `remote: ${remote}\n${end}`).message;
  expect(told('This repo is archived. You can view files and clone it, but cannot push.')).toMatch(/This repo is archived.*un-archive it/s);
  expect(told('User permission denied for writing.')).toMatch(/permission denied for writing.*give it the right/s);
  expect(told('This repo is archived') + told('User permission denied')).not.toContain('token');
});

it('tells a full disk from other file errors', () => {
  expect(fileFailure('x', new Error('ENOSPC: no space left on device, write')).kind).toBe('full');
  expect(fileFailure('x', new Error('EACCES: permission denied')).kind).toBe('failed');
});

it.each([
  ['refs/heads/fix/issue-7', true],
  ['refs/disinto/claims/7', true],
  ['refs/heads/a..b', false],
  ['refs/heads/.hidden', false],
  ['refs/heads/x.lock', false],
  ['refs/heads/a b', false],
  ['--upload-pack=x', false],
  ['refs/heads/', false],
  ['HEAD', false],
])('%s is a ref name: %s', (ref, expected) => expect(isRefName(ref)).toBe(expected));

it('binds the credential to the address of the forge', () => {
  const env = forgeEnvironment('https://forge.example/o/r.git', [], { login: 'dev', token: () => 'secret' });
  const values = Object.values(env);
  expect(values).toContain('http.https://forge.example/.extraHeader');
  expect(values).toContain(`Authorization: Basic ${Buffer.from('dev:secret').toString('base64')}`);
  expect(JSON.stringify(forgeEnvironment('/srv/forge.git', [], { login: 'dev', token: () => 'secret' }))).not.toContain('Authorization');
});

describe('refs of a directory that a session wrote to', () => {
  it('follows no link and takes loose before packed', async () => {
    const root = mkdtempSync(join(tmpdir(), 'disinto-refs-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];
    mkdirSync(join(root, 'refs', 'heads', 'deep'), { recursive: true });
    writeFileSync(join(root, 'packed-refs'), `# pack-refs with: peeled\n${a} refs/heads/main\n${a} refs/heads/old\n^${b}\n`);
    writeFileSync(join(root, 'refs', 'heads', 'main'), `${b}\n`);
    writeFileSync(join(root, 'refs', 'heads', 'deep', 'x'), `${b}\n`);
    writeFileSync(join(root, 'outside'), `${b}\n`);
    symlinkSync(join(root, 'outside'), join(root, 'refs', 'heads', 'link'));
    symlinkSync(root, join(root, 'refs', 'heads', 'loop'));
    writeFileSync(join(root, 'HEAD'), 'ref: refs/heads/main\n');
    expect(Object.fromEntries(await readRefs(root, 'refs/heads/'))).toEqual({ 'refs/heads/main': b, 'refs/heads/old': a, 'refs/heads/deep/x': b });
    expect(await readHead(root)).toEqual({ sha: b, ref: 'refs/heads/main' });
    writeFileSync(join(root, 'HEAD'), 'ref: refs/heads/../../outside\n');
    expect(await readHead(root)).toBeNull();
  });
});

it('calls that come while one runs share the next one', async () => {
  let runs = 0;
  const gates: (() => void)[] = [];
  const call = coalesce(async () => {
    runs += 1;
    await new Promise<void>((resolve) => gates.push(resolve));
  });
  const first = call();
  const others = [call(), call(), call()];
  expect(runs).toBe(1);
  gates[0]?.();
  await first;
  await Promise.resolve();
  gates[1]?.();
  await Promise.all(others);
  expect(runs).toBe(2);
});
