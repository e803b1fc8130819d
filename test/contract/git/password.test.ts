import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Ports } from '#agent';
import type { Log } from '#log';
import { agentOfRole } from '../../../cli/roles.ts';
import { createMirror } from '../../../embedded/ci/mirror.ts';
import { startEmbeddedForge } from '../../../embedded/forge/server.ts';
import { connectAgent, openRuntime, type Runtime } from '../../../shared/agent/connect.ts';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { parseConfig } from '../../../shared/config/load.ts';
import { sh } from './fixture.ts';

const quiet: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => quiet };
const common = { clock: systemClock, chance: systemChance, log: quiet };

interface Given {
  readonly root: string;
  readonly url: string;
  readonly token: string;
  /** The merger's account on the forge and in its file. */
  setPassword(onForge: string, inFile: string): Promise<void>;
  connect(withPassword: boolean): { readonly runtime: Runtime; readonly ports: Ports };
}

/** A forge that takes passwords only for git, as some do, and an agent with both secrets. */
async function given(): Promise<Given> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'git-password-')));
  const forge = await startEmbeddedForge({ ...common, directory: join(root, 'forge'), refuseTokensForGit: true });
  onTestFinished(async () => {
    await forge.close();
    await rm(root, { recursive: true, force: true });
  });
  mkdirSync(join(root, 'files'));
  writeFileSync(join(root, 'files', 'README.md'), 'hello\n');
  for (const login of ['demo', 'merger-bot']) await forge.seed.createUser(login);
  await forge.seed.createRepository('demo', 'x', { fromFolder: join(root, 'files') });
  forge.seed.addCollaborator('demo/x', 'merger-bot', 'write');
  const token = forge.seed.createToken('merger-bot', 'disinto');
  writeFileSync(join(root, 'merger.token'), token, { mode: 0o600 });
  const text = (password: string): string =>
    `[forge]\nurl = "${forge.url}"\n[projects.x]\nrepository = "demo/x"\n[agents.merger]\nidentity = "merger-bot"\ntoken-file = "merger.token"\n${password}`;
  return {
    root,
    url: `${forge.url}/demo/x.git`,
    token,
    setPassword: async (onForge, inFile) => {
      await forge.seed.createUser('merger-bot', { password: onForge });
      writeFileSync(join(root, 'merger.password'), `${inFile}\n`, { mode: 0o600 });
    },
    connect: (withPassword) => {
      const config = parseConfig(text(withPassword ? 'password-file = "merger.password"\ngit-secret = "password"\n' : ''), join(root, 'disinto.toml'));
      const runtime = openRuntime({ ...common, config, env: {} });
      onTestFinished(() => runtime.ledger.close());
      const [slot] = connectAgent(agentOfRole('merger'), 'merger', runtime, { sessions: null });
      if (slot === undefined) throw new Error('not connected');
      return { runtime, ports: slot.ports };
    },
  };
}

it('git shows the password where the forge refuses tokens for git; the API keeps the token', async () => {
  const { connect, setPassword } = await given();
  await setPassword('correct horse battery', 'correct horse battery');
  const { ports } = connect(true);
  await ports.git.fetch();
  const main = await ports.git.resolve('refs/heads/main');
  expect(main).not.toBeNull();
  expect(await ports.git.push([{ ref: 'refs/heads/x', to: main, expect: null }])).toEqual({ kind: 'pushed' });
  expect(await ports.forge.me()).toBe('merger-bot');
});

it('without it the refusal says what to set', async () => {
  const { connect, setPassword } = await given();
  await setPassword('correct horse battery', 'correct horse battery');
  await expect(connect(false).ports.git.fetch()).rejects.toMatchObject({
    name: 'GitError',
    kind: 'auth',
    message: expect.stringMatching(/git-secret = "password"/) as string,
  });
});

it('a password that was changed counts at once, and is masked before anybody can show it', async () => {
  const { connect, setPassword } = await given();
  await setPassword('first-password', 'first-password');
  const { runtime, ports } = connect(true);
  await ports.git.fetch();
  await setPassword('second-password', 'first-password');
  await expect(ports.git.listRefs('refs/heads/')).rejects.toMatchObject({ kind: 'auth' });
  await setPassword('second-password', 'second-password');
  expect([...(await ports.git.listRefs('refs/heads/')).keys()]).toEqual(['refs/heads/main']);
  for (const password of ['first-password', 'second-password']) {
    expect(runtime.secrets.mask(`says ${password}`)).toBe('says [masked]');
    expect(runtime.secrets.knows(Buffer.from(`merger-bot:${password}`).toString('base64'))).toBe(true);
  }
});

it('the password is in no process list, file or configuration', async () => {
  const { root, connect, setPassword, url } = await given();
  const password = 'nobody-sees-me-4711';
  await setPassword(password, password);
  const path = process.env['PATH'] ?? '';
  const [wrapper, trace] = [join(root, 'bin'), join(root, 'trace')];
  mkdirSync(wrapper);
  const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
  writeFileSync(join(wrapper, 'git'), `#!/bin/sh\nGIT_TRACE=${trace} exec ${real} "$@"\n`);
  chmodSync(join(wrapper, 'git'), 0o755);
  process.env['PATH'] = `${wrapper}:${path}`;
  onTestFinished(() => void (process.env['PATH'] = path));
  await connect(true).ports.git.fetch();
  mkdirSync(join(root, 'data', 'ci'));
  const credentials = { login: 'merger-bot', token: () => password };
  await createMirror({ ...common, directory: join(root, 'data', 'ci'), remoteUrl: url, branch: 'main', credentials }).refresh();
  const basic = Buffer.from(`merger-bot:${password}`).toString('base64');
  const seen = readFileSync(trace, 'utf8');
  expect(seen).toContain('git-remote-http');
  expect([password, basic].filter((form) => seen.includes(form))).toEqual([]);
  for (const form of [password, basic])
    expect(() => sh(join(root, 'data'), 'grep', '--no-index', '--quiet', '--no-exclude-standard', '--fixed-strings', form, '.')).toThrow();
});
