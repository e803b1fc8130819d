import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { type Case, makeCase, play, type Played } from '../init/play.ts';
import type { KillMoment } from '../init/moment.ts';
import type { InitForge } from '../init/world.ts';

/** An instance that `disinto init` set up, on which people hire and fire. */
export interface Staffed extends Case {
  /** Runs a command of `disinto` in its folder; `hire` and `fire` with the administrator's token. */
  run(args: readonly string[], kill?: KillMoment): Promise<Played>;
  secret(name: string): string;
  config(): string;
}

export async function makeStaffed(forge: InitForge): Promise<Staffed> {
  const one = await makeCase(forge);
  const set = await one.init(['--yes', '--json']);
  if (set.code !== 0) throw new Error(`init failed: ${set.out.slice(-2000)}\n${set.err}`);
  const token = `${one.folder}.staff-token`;
  writeFileSync(token, forge.token, { mode: 0o600 });
  onTestFinished(() => rmSync(token, { force: true }));
  return {
    ...one,
    run: (args, kill) => play(one.folder, [...args, ...(args[0] === 'agents' ? [] : ['--admin-token-file', token])], kill),
    secret: (name) => readFileSync(join(one.folder, 'secrets', name), 'utf8').trim(),
    config: () => readFileSync(join(one.folder, 'disinto.toml'), 'utf8'),
  };
}

const run = promisify(execFile);

/** Pushes a commit of its own to a new branch, with git and nothing of ours. What git says when it is refused, or null. */
export async function pushBranch(
  forge: InitForge,
  repository: string,
  by: { readonly login: string; readonly secret: string },
  branch: string,
): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'disinto-staff-push-'));
  const address = new URL(`${forge.url}/${repository}.git`);
  [address.username, address.password] = [by.login, by.secret];
  const git = (...args: readonly string[]): Promise<unknown> =>
    run('git', ['-C', folder, '-c', 'user.name=x', '-c', 'user.email=x@example.test', ...args], { env: { ...process.env, GIT_TERMINAL_PROMPT: '0' } });
  try {
    await git('init', '--quiet');
    // The administrator's token fetches: what is tried is the push.
    const source = new URL(address);
    [source.username, source.password] = [forge.owner, forge.token];
    await git('fetch', '--quiet', source.href, 'main');
    await git('checkout', '--quiet', '-b', branch, 'FETCH_HEAD');
    await git('commit', '--quiet', '--allow-empty', '-m', 'Work');
    await git('push', '--quiet', address.href, `HEAD:refs/heads/${branch}`);
    return null;
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
