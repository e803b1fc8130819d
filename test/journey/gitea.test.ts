import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asSha } from '#domain/sha';
import { systemClock } from '../../shared/clock/system.ts';
import { openLedger } from '../../shared/ledger/sqlite.ts';
import { disinto, inShort, readExpectation } from '../e2e/demo.ts';
import { type TestForge, startGitea } from '../setup/gitea.ts';
import { type Counter, byShape, startCounter } from './counter.ts';
import { type Ground, forgeAs, initProject, isDone, outcomesOf, pushIssues, writeConfig } from './factory.ts';
import { type Actor, tryForbidden } from './forbidden.ts';
import { type Running, startDisinto } from './process.ts';
import { joinPlaybooks } from './rehearsal.ts';

const examples = join(import.meta.dirname, '..', '..', 'examples');
const projects = ['parcel-rates', 'shell-backups'] as const;
const root = mkdtempSync(join(tmpdir(), 'disinto-journey-'));

/** What the bare script of the bench asks for one issue, from reading it to the deleted branch. */
const callsOfTheBareScript = 15;
const accounts = ['dev', 'reviewer', 'merger', 'ci'] as const;
const secret = (name: string): string => readFileSync(join(root, 'secrets', name), 'utf8').trim();

/** Two examples in one instance, on a real forge, from `disinto init` to the last merge; then what nobody may do is tried. */
describe('the whole journey on a real forge', () => {
  let gitea: TestForge;
  let counter: Counter;
  let ground: Ground;
  let [ownerToken, started, ended] = ['', 0, 0];
  const given: Record<string, number> = {};
  const running: Running[] = [];

  beforeAll(async () => {
    gitea = await startGitea();
    counter = await startCounter(gitea.url);
    const [owner, outsider] = [await gitea.createAccount('keeper'), await gitea.createAccount('passer-by')];
    ownerToken = await owner.token();
    ground = await writeConfig({ root, gitea, url: counter.url, owner });
    for (const name of projects) {
      await initProject(ground, join(examples, name), name);
      given[name] = await pushIssues(ground, join(examples, name), `keeper/${name}`, { owner: ownerToken, outsider: await outsider.token() });
    }
    const playbook = joinPlaybooks(
      projects.map((name) => join(examples, name)),
      join(root, 'playbook.yaml'),
    );
    const model = startDisinto(['model', playbook, '--listen', `127.0.0.1:${ground.modelPort}`, '--config', ground.config]);
    running.push(model);
    await model.until(/answers at/);
    started = counter.passed.length;
    running.push(startDisinto(['start', '--config', ground.config]));
    const began = performance.now();
    await untilDone();
    ended = counter.passed.length;
    console.log(`both projects done after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }, 420_000);

  afterAll(async () => {
    for (const each of running.toReversed()) await each.stop();
    await counter.close();
    await gitea.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }, 60_000);

  async function untilDone(): Promise<void> {
    const deadline = performance.now() + 300_000;
    for (;;) {
      const done = await Promise.all(projects.map((name) => isDone(forgeAs(ground, `keeper/${name}`, ownerToken), given[name] ?? 0)));
      if (done.every(Boolean)) return;
      const dead = running.find((each) => !each.alive());
      if (dead !== undefined) throw new Error(`the factory ended:\n${dead.output().slice(-5000)}`);
      if (performance.now() > deadline) throw new Error(`not done after five minutes:\n${running.at(-1)?.output().slice(-5000)}`);
      await systemClock.sleep(500);
    }
  }

  it.each(projects)('%s ends as on the embedded forge', async (name) => {
    const outcomes = await outcomesOf(ground, name, given[name] ?? 0, ownerToken);
    const expected = readExpectation(join(examples, name)).issues;
    const differing = inShort(outcomes).filter((outcome, at) => !isDeepStrictEqual(outcome, expected[at]));
    const stories = await Promise.all(differing.map(({ number }) => disinto(['why', String(number), '--project', name, '--config', ground.config])));
    expect(inShort(outcomes), stories.map((story) => story.out).join('\n\n')).toEqual(expected);
  });

  it('the follow-up that a review filed has its label, although the reviewer may set none', async () => {
    const forge = forgeAs(ground, 'keeper/parcel-rates', ownerToken);
    const number = (await outcomesOf(ground, 'parcel-rates', given['parcel-rates'] ?? 0, ownerToken)).find((each) => each.origin === 'follow-up')?.number ?? 0;
    await expect.poll(async () => [...((await forge.findIssue(number))?.labels ?? [])], { timeout: 20_000, interval: 500 }).toEqual(['tech-debt']);
  });

  it('webhooks drove it: every run that did something was woken by one, or followed one', () => {
    const ledger = openLedger(join(root, 'data', 'ledger.sqlite'));
    try {
      const runs = ledger.runs.list({ since: new Date(0) });
      const acted = runs.filter((run) => run.end?.kind === 'acted');
      const causes = Map.groupBy(acted, (run) => run.cause.kind);
      expect(acted.length).toBeGreaterThan(50);
      expect(causes.get('webhook')?.length ?? 0).toBeGreaterThan(20);
      console.log(`runs that acted, by cause: ${[...causes].map(([cause, list]) => `${cause} ${list.length}`).join(', ')}; ${runs.length} runs in all`);
      expect(runs.filter((run) => run.end?.kind === 'failed')).toEqual([]);
    } finally {
      ledger.close();
    }
  });

  it('prints what the journey asked of the forge, next to the least there could be', async () => {
    const merged = (await Promise.all(projects.map((name) => outcomesOf(ground, name, given[name] ?? 0, ownerToken))))
      .flat()
      .filter((o) => o.state === 'merged');
    const passed = counter.passed.slice(started, ended);
    const api = passed.filter(({ path }) => path.startsWith('/api/'));
    const logins = new Map(accounts.map((name) => [`token ${secret(`${name}.token`)}`, name]));
    const ours = Map.groupBy(api, ({ token }) => logins.get(token) ?? 'unknown');
    for (const [name, list] of ours) {
      const shapes = [...byShape(list)].slice(0, 12).map(([shape, count]) => `${count} ${shape}`);
      console.log(`${name}: ${list.length} calls (${shapes.join(', ')})`);
    }
    const agents = api.length - (ours.get('ci')?.length ?? 0);
    console.log(
      `${agents} calls of the agents for ${merged.length} merged issues (${(agents / merged.length).toFixed(1)} each), where a bare script that does nothing but merge them asks ` +
        `${callsOfTheBareScript * merged.length}; ${passed.length - api.length} git requests`,
    );
    expect(ours.get('unknown')).toBeUndefined();
    expect(api.filter(({ status }) => status >= 500)).toEqual([]);
    // A reviewer only reads: the label of the follow-up that it files is refused, and it goes on.
    const refused = api.filter(({ status }) => status === 401 || status === 403);
    expect(refused.filter(({ path, token }) => !(path.endsWith('/labels') && logins.get(token) === 'reviewer'))).toEqual([]);
  });

  it('no account of an agent can do what it must not', async () => {
    const actors = accounts.map((role): Actor => ({ role, login: `${role}-bot`, token: secret(`${role}.token`), password: secret(`${role}.password`) }));
    const repository = 'keeper/shell-backups';
    const owner = forgeAs(ground, repository, ownerToken);
    const before = await owner.findBranch('main');
    const open = (await owner.listOpenPullRequests())[0] ?? (await openPull(repository, actors[0]?.token ?? ''));
    const acts = [];
    for (const actor of actors) acts.push(...(await tryForbidden({ url: gitea.url, repository, pull: open }, actor)));
    expect(acts.filter((act) => act.outcome === 'done')).toEqual([]);
    expect(acts.length).toBeGreaterThan(60);
    expect(await owner.findBranch('main')).toEqual(before);
    console.log(`${acts.length} forbidden acts tried, ${acts.filter((act) => act.outcome === 'refused').length} refused`);
  });

  /** A pull request that nobody has looked at: the factory is asked to pause first. */
  async function openPull(repository: string, token: string): Promise<{ number: number; head: string }> {
    await running.pop()?.stop();
    const forge = forgeAs(ground, repository, token);
    const main = await forge.findBranch('main');
    const answer = await gitea.ask(
      'POST',
      `repos/${repository}/contents/unlooked.txt`,
      { branch: 'main', new_branch: 'unlooked', content: 'eA==', message: 'Unlooked' },
      token,
    );
    expect(answer.status).toBe(201);
    const head = asSha((JSON.parse(answer.body) as { commit: { sha: string } }).commit.sha);
    expect(main?.head).not.toBe(head);
    const { pullRequest } = await forge.ensurePullRequest({ branch: 'unlooked', base: 'main', title: 'Unlooked', body: '' });
    return pullRequest;
  }
});
