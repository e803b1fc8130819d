import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { attemptOf } from '#domain/name';
import type { Forge } from '#forge';
import { readFolder } from '../../cli/demo/folder.ts';
import { type IssueOutcome, readOutcomes } from '../../cli/demo/outcome.ts';
import { seedIssues } from '../../cli/demo/seed.ts';
import { systemChance, systemClock } from '../../shared/clock/system.ts';
import { loadConfig } from '../../shared/config/load.ts';
import { createForge } from '../../shared/forge/forgejo.ts';
import { createGit } from '../../shared/git/store.ts';
import { openLedger } from '../../shared/ledger/sqlite.ts';
import { silentLog } from '../../shared/log/pino.ts';
import { disinto } from '../e2e/demo.ts';
import type { TestAccount, TestForge } from '../setup/gitea.ts';
import { makeSource } from './rehearsal.ts';

/** A free port of 127.0.0.1, free again when this resolves. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

export interface Ground {
  readonly root: string;
  readonly gitea: TestForge;
  /** Where the factory finds the forge. */
  readonly url: string;
  readonly owner: TestAccount;
  readonly config: string;
  readonly modelPort: number;
}

/** A configuration as a person begins it: the scripted model, and agents that only webhooks wake in time. */
export async function writeConfig(ground: Omit<Ground, 'config' | 'modelPort'>): Promise<Ground> {
  const modelPort = await freePort();
  const listen = `127.0.0.1:${await freePort()}`;
  mkdirSync(ground.root, { recursive: true });
  const config = join(ground.root, 'disinto.toml');
  const agent = (name: string, session: string): string => `[agents.${name}]\nschedule = { every = "2m" }\n${session}`;
  const session = 'backend = "scripted"\nlimits = { idle-seconds = 12 }\n';
  writeFileSync(
    config,
    [
      '# Kept as it is: a person wrote this.',
      `[backends.scripted]\nharness = "pi"\nbase-url = "http://127.0.0.1:${modelPort}"\napi = "anthropic"\nmodel = "scripted-1"\nsession-keys = true\nconcurrency = 4\n`,
      agent('dev', session),
      agent('reviewer', session),
      agent('merger', ''),
      `[webhook]\nlisten = "${listen}"\n`,
    ].join('\n'),
  );
  writeFileSync(join(ground.root, 'admin.token'), `${ground.gitea.adminToken}\n`, { mode: 0o600 });
  return { ...ground, config, modelPort };
}

/** `disinto init` of an example's repository on the forge; answers what it printed. */
export async function initProject(ground: Ground, example: string, name: string, more: readonly string[] = []): Promise<string> {
  const source = makeSource(example, join(ground.root, 'sources', name));
  const where = ['--config', ground.config, '--admin-token-file', join(ground.root, 'admin.token'), '--from', source, '--maintainer', ground.owner.login];
  const { code, out, err } = await disinto(['init', ground.url, `${ground.owner.login}/${name}`, ...where, '--yes', ...more], { seconds: 120 });
  if (code !== 0) throw new Error(`disinto init ended with ${code}:\n${out}\n${err}`);
  return out;
}

export function forgeAs(ground: Ground, repository: string, token: string): Forge {
  return createForge({
    url: ground.gitea.url,
    repository,
    token: () => token,
    timeoutSeconds: 30,
    clock: systemClock,
    chance: systemChance,
    log: silentLog,
  });
}

/** The example's issues, written by their authors. Answers how many. */
export async function pushIssues(ground: Ground, example: string, repository: string, tokens: { owner: string; outsider: string }): Promise<number> {
  const folder = await readFolder(example);
  const ledger = openLedger(join(ground.root, `seeding-${repository.replace('/', '-')}.sqlite`));
  try {
    const [maintainer, outsider] = [forgeAs(ground, repository, tokens.owner), forgeAs(ground, repository, tokens.outsider)];
    await seedIssues({ maintainer, outsider, ledger, clock: systemClock }, folder);
  } finally {
    ledger.close();
  }
  return folder.issues.length;
}

/** How the project's issues stand, read with the owner's eyes. */
export async function outcomesOf(ground: Ground, project: string, given: number, token: string): Promise<readonly IssueOutcome[]> {
  const config = await loadConfig(ground.config);
  const found = config.projects[project];
  if (found === undefined) throw new Error(`no project ${project} in ${readFileSync(ground.config, 'utf8')}`);
  const ledger = openLedger(join(config.instance.data, 'ledger.sqlite'));
  try {
    const git = createGit({
      data: join(ground.root, 'look'),
      project,
      remoteUrl: `${ground.gitea.url}/${found.repository}.git`,
      credentials: { login: ground.owner.login, token: () => token },
      clock: systemClock,
      chance: systemChance,
      log: silentLog,
    });
    const numbers = Array.from({ length: given }, (_, at) => at + 1);
    return await readOutcomes({ forge: forgeAs(ground, found.repository, token), git, ledger, config, project: found, given: numbers });
  } finally {
    ledger.close();
  }
}

/** Whether nothing is left to do: every given issue is closed or parked, and so is the issue of every open pull request. */
export async function isDone(forge: Forge, given: number): Promise<boolean> {
  const open = await forge.changes(null);
  const parked = new Set(open.filter((change) => change.issue.labels.has('blocked')).map((change) => change.number));
  if (!open.filter((change) => change.kind === 'issue' && change.number <= given).every((change) => parked.has(change.number))) return false;
  const pulls = await forge.listOpenPullRequests();
  return pulls.every((pull) => parked.has(attemptOf(pull.branch)?.issue ?? 0));
}
