import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type TestForge, startGitea } from '../gitea.ts';
import { alone } from '../gitea/lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'disinto-setup-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts test/setup/test/owner.ts and waits for its first line. */
async function startOwner(what: string, temporary: string): Promise<{ readonly owner: ChildProcess; readonly line: string }> {
  const owner = spawn(process.execPath, [join(import.meta.dirname, 'owner.ts'), what, folder], {
    env: { ...process.env, TMPDIR: temporary, DISINTO_TEST_FORGE_URL: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    owner.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    owner.once('exit', () => reject(new Error('it ended by itself')));
  });
  return { owner, line };
}

describe('a real forge for tests', () => {
  let forge: TestForge;
  beforeAll(async () => {
    forge = await startGitea();
  });
  afterAll(() => forge.close());
  afterEach(() => {
    for (const name of ['URL', 'ADMIN_TOKEN']) delete process.env[`DISINTO_TEST_FORGE_${name}`];
  });

  it('answers below its own address, to an administrator with password and token', async () => {
    const me = await forge.ask('GET', 'user');
    expect(JSON.parse(me.body)).toMatchObject({ login: forge.admin.login, is_admin: true });
    expect(JSON.parse((await forge.ask('GET', 'settings/api')).body)).toMatchObject({ max_response_items: 50 });
    const person = await forge.createAccount('person');
    const token = await person.token(['write:repository', 'write:user']);
    const made = JSON.parse((await forge.ask('POST', 'user/repos', { name: 'mine' }, token)).body) as { clone_url: string };
    expect(made.clone_url).toBe(`${forge.url}/person/mine.git`);
    expect((await forge.ask('GET', 'admin/users', undefined, token)).status).toBe(403);
  });

  it('that runs elsewhere gets accounts of ours, loses them at the end, and keeps those of others', async () => {
    await forge.ask('POST', 'admin/users', { username: 'theirs', password: 'of somebody else', email: 'theirs@example.org' });
    process.env['DISINTO_TEST_FORGE_URL'] = forge.url;
    process.env['DISINTO_TEST_FORGE_ADMIN_TOKEN'] = forge.adminToken;
    const elsewhere = await startGitea();
    const ours = await elsewhere.createAccount('ours');
    await elsewhere.ask('POST', 'user/repos', { name: 'kept-by-nobody' }, await ours.token());
    // A run that was killed left this account behind: it is made anew.
    await elsewhere.createAccount('ours');
    await expect(elsewhere.createAccount('theirs')).rejects.toThrow(/not of these tests/);
    await elsewhere.close();
    const logins = (JSON.parse((await forge.ask('GET', 'admin/users')).body) as { login: string }[]).map((each) => each.login);
    expect([logins.includes('theirs'), logins.includes('ours'), logins.includes('test-admin')]).toEqual([true, false, false]);
  });

  it('ends with its owner, even one that was killed, and leaves nothing behind', async () => {
    const temporary = mkdtempSync(join(folder, 'tmp-'));
    chmodSync(temporary, 0o755);
    const { owner, line: url } = await startOwner('gitea', temporary);
    expect((await fetch(`${url}/api/healthz`)).status).toBe(200);
    owner.kill('SIGKILL');
    await expect
      .poll(
        () =>
          fetch(url).then(
            () => 'answers',
            () => 'gone',
          ),
        { timeout: 10_000 },
      )
      .toBe('gone');
    await expect.poll(() => readdirSync(temporary), { timeout: 10_000 }).toEqual([]);
  });

  it('that nobody built is an error that says what to do', async () => {
    const before = process.env['XDG_CACHE_HOME'];
    process.env['XDG_CACHE_HOME'] = join(folder, 'empty');
    await expect(startGitea()).rejects.toThrow(/make test-setup/);
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
    expect(existsSync(join(folder, 'empty'))).toBe(false);
  });
});

describe('building', () => {
  it('is done by one at a time; the lock of a builder that was killed is free', async () => {
    const { owner } = await startOwner('lock', folder);
    const steps: string[] = [];
    const second = alone(
      join(folder, 'lock'),
      () => steps.push('waits'),
      async () => steps.push('builds'),
    );
    await expect.poll(() => steps).toEqual(['waits']);
    owner.kill('SIGKILL');
    await second;
    expect(steps).toEqual(['waits', 'builds']);
  });
});
