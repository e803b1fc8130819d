import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../shared/clock/system.ts';
import { thisProcess } from '../../shared/ledger/process-identity.ts';
import { runBareCli } from './cli.ts';
import { type BareGit, createBareGit } from './git.ts';
import type { BareStand } from './stand.ts';

type Api = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

const pollMs = 100;

/**
 * What the factory does for one issue, as somebody would write it down in a script: straight ahead, each account looking once
 * at what it acts on; no claim, no certificate, no recovery. Answers how many requests only asked again: for the status
 * of CI, and for a merge that the forge was not ready for.
 */
export async function workBare(stand: BareStand, root: string, number: number): Promise<number> {
  const [dev, reviewer, merger] = ['dev', 'reviewer', 'merger'].map((login) => createApi(stand, login)) as [Api, Api, Api];
  const issue = await dev('GET', `issues/${number}`);
  const title = String(issue['title']);
  await dev('PATCH', `issues/${number}`, { assignees: ['dev'] });
  await dev('POST', `issues/${number}/labels`, { labels: ['in-progress'] });
  await dev('DELETE', `issues/${number}/labels/${labelId(issue, 'backlog')}`);

  const branch = `fix/issue-${number}`;
  const { git, store } = await openStore(stand, root);
  await git(store, 'fetch', '--quiet', 'origin');
  const work = join(root, `work-${number}`);
  await git(store, 'worktree', 'add', '--quiet', '-b', branch, work, 'origin/main');
  await converse(stand, { root, agent: 'dev', task: 'implement', number, title, workspace: work, prompt: `Do this: ${title}` });
  await git(work, 'add', '--all');
  await git(work, 'commit', '--quiet', '--message', title);
  await git(work, 'push', '--quiet', 'origin', branch);
  const pull = await dev('POST', 'pulls', { head: branch, base: 'main', title, body: `Fixes #${number}` });
  const head = await git(work, 'rev-parse', 'HEAD');
  const polls = (await untilGreen(dev, head)) - 1;

  await reviewer('GET', `pulls/${String(pull['number'])}`);
  await git(store, 'fetch', '--quiet', 'origin');
  const look = join(root, `look-${number}`);
  await git(store, 'worktree', 'add', '--quiet', '--detach', look, head);
  await converse(stand, { root, agent: 'reviewer', task: 'review', number, title, workspace: look, prompt: `Review this: ${title}` });
  await reviewer('POST', `pulls/${String(pull['number'])}/reviews`, { event: 'APPROVED', body: 'Good.', commit_id: head });

  await merger('GET', `pulls/${String(pull['number'])}/reviews`);
  await merger('GET', `commits/${head}/status`);
  const retries = await merge(merger, Number(pull['number']), head);
  await merger('GET', `pulls/${String(pull['number'])}`);
  const closed = await merger('GET', `issues/${number}`);
  if (closed['state'] !== 'closed') throw new Error(`the merge did not close #${number}`);
  await merger('DELETE', `issues/${number}/labels/${labelId(closed, 'in-progress')}`);
  await merger('DELETE', `branches/${branch}`);
  await git(store, 'worktree', 'remove', '--force', work);
  await git(store, 'worktree', 'remove', '--force', look);
  return polls + retries;
}

function createApi({ url, repository, token }: BareStand, login: string): Api {
  return async (method, path, body) => {
    const headers = { authorization: `token ${token(login)}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/v1/repos/${repository}/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
}

function labelId(issue: Record<string, unknown>, name: string): number {
  const labels = issue['labels'] as readonly { readonly id: number; readonly name: string }[];
  return labels.find((label) => label.name === name)?.id ?? 0;
}

async function openStore(stand: BareStand, root: string): Promise<{ readonly git: BareGit; readonly store: string }> {
  const git = createBareGit('dev', stand.token('dev'));
  const store = join(root, 'store');
  await git('/', 'clone', '--quiet', '--bare', `${stand.url}/${stand.repository}.git`, store).catch(() => 'it is there since the first issue');
  await git(store, 'config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
  return { git, store };
}

/** The CI needs its time; a script can only ask again. */
async function untilGreen(api: Api, head: string): Promise<number> {
  for (let polls = 1; ; polls += 1) {
    const { state } = await api('GET', `commits/${head}/status`);
    if (state === 'success') return polls;
    if (state === 'failure' || state === 'error') throw new Error(`CI is ${state} on ${head}`);
    await systemClock.sleep(pollMs);
  }
}

/** The forge computes mergeability for a moment after each change. */
async function merge(api: Api, number: number, head: string): Promise<number> {
  for (let retries = 0; ; retries += 1) {
    try {
      await api('POST', `pulls/${number}/merge`, { Do: 'merge', head_commit_id: head });
      return retries;
    } catch (error) {
      if (retries === 20 || !String(error).includes('405')) throw error;
      await systemClock.sleep(pollMs);
    }
  }
}

interface Talk {
  readonly root: string;
  readonly agent: string;
  readonly task: string;
  readonly number: number;
  readonly title: string;
  readonly workspace: string;
  readonly prompt: string;
}

/** One run of the CLI; what stands in the ledger is only for the scripted model, which knows a session by its key. */
async function converse({ ledger, modelUrl }: BareStand, talk: Talk): Promise<void> {
  const { agent, task, number, title } = talk;
  const run = `${task}-${number}`;
  const home = join(talk.root, `home-${run}`);
  mkdirSync(home, { recursive: true });
  const key = `bare-${run}`;
  ledger.runs.start({ id: run, agent, project: 'bare', cause: { kind: 'command', by: 'bench' }, at: systemClock.now(), process: thisProcess() });
  const keyDigest = createHash('sha256').update(key).digest('hex');
  ledger.sessions.start({
    id: run,
    run,
    agent,
    task,
    project: 'bare',
    issue: number,
    title,
    pullRequest: null,
    backend: 'scripted',
    model: 'scripted-1',
    transcript: '',
    keyDigest,
    at: systemClock.now(),
  });
  const said = await runBareCli({ home, workspace: talk.workspace, prompt: talk.prompt, modelUrl, key }).done;
  if (!said.includes('summary')) throw new Error(`the CLI gave no answer for ${run}`);
  ledger.sessions.end(run, { state: 'answered', failure: null, usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, usd: null }, at: systemClock.now() });
  ledger.runs.end(run, { kind: 'acted', did: run }, systemClock.now());
}
