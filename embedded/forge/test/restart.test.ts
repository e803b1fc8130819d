import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../store/database.ts';
import { client, commitFile, git, merge, pullRequest, remoteOf, stage, startForge, type Row } from './harness.ts';

it('goes on after a restart with everything that it had, on another port', async () => {
  const on = await stage();
  const pull = await pullRequest(on);
  await on.as.dev('POST', 'R/issues', { title: 'second' });
  await on.as.ci('POST', `R/statuses/${pull.head}`, { context: 'ci', state: 'success' });
  await on.forge.close();
  const again = await startForge({ directory: join(on.folder, 'forge') });
  const dev = client(() => again.url, on.tokens.dev);
  expect((await dev('GET', '/repos/demo/app/issues')).body.map((row: Row) => row['title'])).toEqual(['second', 'Change src/new.txt']);
  expect((await dev('GET', `/repos/demo/app/commits/${pull.head}/status`)).body.state).toBe('success');
  expect((await dev('GET', `/repos/demo/app/pulls/${pull.number}`)).body).toMatchObject({
    head: { sha: pull.head },
    html_url: `${again.url}/demo/app/pulls/1`,
  });
});

it('keeps a second forge out of its directory, and says when its port is in use', async () => {
  const on = await stage();
  await expect(startForge({ directory: join(on.folder, 'forge') })).rejects.toThrow('another forge runs');
  await expect(startForge({ port: on.forge.port })).rejects.toThrow(`port ${on.forge.port} on 127.0.0.1 is in use`);
});

it('finishes a merge that git has and the database has not', async () => {
  const on = await stage();
  await on.as.dev('POST', 'R/issues', { title: 'bug' });
  const pull = await pullRequest(on, { body: 'Fixes #1' });
  const bare = join(on.folder, 'forge', 'demo', 'app.git');
  await on.forge.close();
  const before = await git(bare, 'rev-parse', 'main');
  const tree = await git(bare, 'rev-parse', `${pull.head}^{tree}`);
  const made = await git(bare, 'commit-tree', tree, '-p', before, '-p', pull.head, '-m', 'Merge');
  const database = openDatabase(join(on.folder, 'forge', 'forge.sqlite'));
  database.run(
    "INSERT INTO merge_intents (issue_id, merge_sha, base_before, user_id, delete_branch) SELECT 2, ?, ?, id, 1 FROM users WHERE login = 'merger'",
    made,
    before,
  );
  database.close();
  const unmoved = await startForge({ directory: join(on.folder, 'forge') });
  expect((await client(() => unmoved.url, on.tokens.dev)('GET', '/repos/demo/app/pulls/2')).body.merged).toBe(false);
  // What the dead process started may reach git after the new one looked.
  await git(bare, 'update-ref', 'refs/heads/main', made, before);
  const dev = client(() => unmoved.url, on.tokens.dev);
  expect((await dev('GET', '/repos/demo/app/pulls/2')).body).toMatchObject({
    merged: true,
    merge_commit_sha: made,
    merged_by: { login: 'merger' },
    base: { sha: before },
  });
  expect((await dev('GET', '/repos/demo/app/issues/1')).body.state).toBe('closed');
  expect((await dev('GET', '/repos/demo/app/branches/fix/issue-1')).status).toBe(404);
});

it('catches up with a push that git has and the database has not, also while it runs', async () => {
  const on = await stage();
  const pull = await pullRequest(on);
  const bare = join(on.folder, 'forge', 'demo', 'app.git');
  const next = async (): Promise<string> => {
    const made = await git(bare, 'commit-tree', `${pull.head}^{tree}`, '-p', pull.branch, '-m', 'More');
    await git(bare, 'update-ref', `refs/heads/${pull.branch}`, made);
    return made;
  };
  const first = await next();
  expect((await on.as.dev('GET', `R/pulls/${pull.number}`)).body.head.sha).toBe(first);
  await on.forge.close();
  const second = await next();
  const again = await startForge({ directory: join(on.folder, 'forge') });
  expect((await client(() => again.url, on.tokens.dev)('GET', '/repos/demo/app/pulls')).body[0].head.sha).toBe(second);
});

async function serve(directory: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'serve.ts'), directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: line.toString('utf8').trim() };
}

it('killed with -9 amid pushes and merges it is whole again: merged exactly when main has it', { timeout: 60_000 }, async () => {
  const on = await stage();
  const clone = await on.clone('dev');
  const count = 8;
  for (let n = 1; n <= count; n += 1) await on.as.dev('POST', 'R/issues', { title: `issue ${n}` });
  for (let n = 1; n <= count; n += 1) {
    await git(clone, 'switch', '--quiet', '-c', `fix/issue-${n}`, 'origin/main');
    await commitFile(clone, `file-${n}.txt`, `${n}\n`);
    await git(clone, 'push', '--quiet', 'origin', `fix/issue-${n}`);
    await on.as.dev('POST', 'R/pulls', { head: `fix/issue-${n}`, base: 'main', title: `Fix ${n}`, body: `Fixes #${n}` });
  }
  await on.forge.close();
  const directory = join(on.folder, 'forge');
  for (let round = 0; round < 6; round += 1) {
    const { child, url } = await serve(directory);
    const merger = client(() => url, on.tokens.merger);
    await git(clone, 'remote', 'set-url', 'origin', remoteOf(url, 'dev', on.tokens.dev));
    const busy = Promise.allSettled([
      ...[1, 2, 3]
        .map(async (k) => merger('POST', `/repos/demo/app/pulls/${count + ((round * 2 + k) % count) + 1}/merge`, { Do: 'merge' }))
        .map((reply) => reply.catch(() => null)),
      git(clone, 'push', 'origin', `HEAD:refs/heads/extra-${round}`),
    ]);
    await new Promise((done) => setTimeout(done, 10 + round * 25));
    child.kill('SIGKILL');
    await busy;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  const last = await startForge({ directory });
  const ask = client(() => last.url, on.tokens.merger);
  await git(clone, 'fetch', '--quiet', remoteOf(last.url, 'dev', on.tokens.dev), 'main');
  const landed = (await git(clone, 'log', '--merges', '--format=%s', 'FETCH_HEAD'))
    .split('\n')
    .filter((line) => line !== '')
    .toSorted();
  const pulls: Row[] = (await ask('GET', '/repos/demo/app/pulls?state=all')).body;
  const merged = pulls.filter((pull) => pull['merged']);
  expect(landed).toEqual(merged.map((pull) => `Merge pull request '${pull['title']}' (#${pull['number']}) from ${pull['head'].ref} into main`).toSorted());
  for (const pull of pulls) {
    const issue = (await ask('GET', `/repos/demo/app/issues/${Number(pull['number']) - count}`)).body;
    expect(issue.state).toBe(pull['merged'] ? 'closed' : 'open');
  }
  for (const pull of pulls.filter((each) => !each['merged'])) {
    let reply = await ask('POST', `/repos/demo/app/pulls/${pull['number']}/merge`, { Do: 'merge' });
    while (reply.status === 405) reply = await ask('POST', `/repos/demo/app/pulls/${pull['number']}/merge`, { Do: 'merge' });
    expect(reply.status).toBe(200);
  }
});

it('answers many callers at once without losing or doubling anything', async () => {
  const on = await stage();
  const issues = await Promise.all(Array.from({ length: 40 }, (_, n) => on.as[n % 2 === 0 ? 'dev' : 'outsider']('POST', 'R/issues', { title: `issue ${n}` })));
  expect(new Set(issues.map((reply) => reply.body.number)).size).toBe(40);
  const pulls = [
    await pullRequest(on),
    await pullRequest(on, { branch: 'two', path: 'two.txt' }),
    await pullRequest(on, { branch: 'three', path: 'three.txt' }),
  ];
  const opened = await Promise.all(Array.from({ length: 5 }, () => on.as.dev('POST', 'R/pulls', { head: 'two', base: 'main', title: 't' })));
  expect(opened.map((reply) => reply.status)).toEqual([409, 409, 409, 409, 409]);
  const replies = await Promise.all(pulls.flatMap((pull) => [merge(on, pull.number), merge(on, pull.number, 'dev')]));
  expect(replies.map((reply) => reply.status).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 405, 405, 405]);
});
