import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Actor {
  readonly login: string;
  readonly token: string;
  readonly password: string;
  readonly role: 'dev' | 'reviewer' | 'merger' | 'ci';
}

export interface Act {
  readonly actor: string;
  readonly what: string;
  /** refused: the forge said no. done: it went through, which it must not. */
  readonly outcome: 'refused' | 'done';
  readonly answer: string;
}

interface Stage {
  readonly url: string;
  readonly repository: string;
  /** An open pull request of the dev, approved by nobody. */
  readonly pull: { readonly number: number; readonly head: string };
}

/** Everything that an agent's account must not be able to do, tried for real with its token and, for git, its password too. */
export async function tryForbidden(stage: Stage, actor: Actor): Promise<readonly Act[]> {
  const acts = [...(await tryPushes(stage, actor)), ...(await tryRequests(stage, actor))];
  return acts.map((act) => ({ actor: actor.login, ...act }));
}

type Tried = Omit<Act, 'actor'>;

async function tryPushes(stage: Stage, actor: Actor): Promise<readonly Tried[]> {
  const clone = await mkdtemp(join(tmpdir(), 'disinto-forbidden-'));
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: readonly string[]): Promise<{ stdout: string }> => run('git', ['-C', clone, ...args], { env });
  const acts: Tried[] = [];
  try {
    for (const [kind, secret] of Object.entries({ token: actor.token, password: actor.password })) {
      const url = new URL(`${stage.url}/${stage.repository}.git`);
      Object.assign(url, { username: actor.login, password: secret });
      await rm(join(clone, '.git'), { recursive: true, force: true });
      await git('init', '--quiet');
      await git('fetch', '--quiet', url.href, 'main');
      await git('checkout', '--quiet', '--force', '-B', 'main', 'FETCH_HEAD');
      await writeFile(join(clone, 'forbidden.txt'), `${actor.login} by ${kind}\n`);
      await git('add', '--all');
      await git('-c', `user.name=${actor.login}`, '-c', 'user.email=x@example.org', 'commit', '--quiet', '--message', 'Forbidden');
      const attempt = async (what: string, ...args: readonly string[]): Promise<void> => {
        const answer = await git('push', '--porcelain', url.href, ...args).then(
          (done) => ({ outcome: 'done', answer: done.stdout }) as const,
          (error: { stderr?: string; message: string }) => ({ outcome: 'refused', answer: (error.stderr ?? error.message).slice(-300) }) as const,
        );
        acts.push({ what: `${what} by ${kind}`, ...answer });
      };
      await attempt('push to main', 'HEAD:refs/heads/main');
      await attempt('force-push to main', '--force', 'HEAD~2:refs/heads/main');
      await attempt('delete main', ':refs/heads/main');
      if (actor.role === 'reviewer') await attempt('push a branch', 'HEAD:refs/heads/of-a-reader');
    }
  } finally {
    await rm(clone, { recursive: true, force: true });
  }
  return acts;
}

async function tryRequests({ url, repository, pull }: Stage, actor: Actor): Promise<readonly Tried[]> {
  const repo = `repos/${repository}`;
  const merge = { Do: 'merge', head_commit_id: pull.head };
  const requests: readonly (readonly [what: string, method: string, path: string, body?: unknown, roles?: readonly Actor['role'][]])[] = [
    ['merge without an approval', 'POST', `${repo}/pulls/${pull.number}/merge`, merge],
    ['merge by force', 'POST', `${repo}/pulls/${pull.number}/merge`, { ...merge, force_merge: true }],
    ['approve the own change', 'POST', `${repo}/pulls/${pull.number}/reviews`, { event: 'APPROVED', body: 'Mine.', commit_id: pull.head }, ['dev']],
    ['change the protection', 'PATCH', `${repo}/branch_protections/main`, { required_approvals: 0 }],
    ['remove the protection', 'DELETE', `${repo}/branch_protections/main`],
    ['write a file on main', 'POST', `${repo}/contents/forbidden.txt`, { branch: 'main', content: 'eA==', message: 'Forbidden' }],
    ['change the settings', 'PATCH', repo, { description: 'Forbidden' }],
    ['add a collaborator', 'PUT', `${repo}/collaborators/${actor.login}`, { permission: 'admin' }],
    ['add a webhook', 'POST', `${repo}/hooks`, { type: 'gitea', config: { url: 'http://127.0.0.1:1', content_type: 'json' }, events: ['push'] }],
    ['delete the repository', 'DELETE', repo],
    ['make an account', 'POST', 'admin/users', { username: 'forbidden', email: 'f@example.org', password: 'forbidden-1234' }],
    ['make a label', 'POST', `${repo}/labels`, { name: 'forbidden', color: '#000000' }, ['reviewer']],
    ['post a check status', 'POST', `${repo}/statuses/${pull.head}`, { context: 'ci/forged', state: 'success' }, ['reviewer']],
  ];
  const acts: Tried[] = [];
  for (const [what, method, path, body, roles] of requests) {
    if (roles !== undefined && !roles.includes(actor.role)) continue;
    const headers = { authorization: `token ${actor.token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/v1/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    acts.push({ what, outcome: answer.status < 400 ? 'done' : 'refused', answer: `${answer.status} ${(await answer.text()).slice(0, 200)}` });
  }
  return acts;
}
