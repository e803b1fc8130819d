import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { commitFile, git, remoteOf, stage } from './harness.ts';

it('C4: of many claimants that expect absence, exactly one gets the ref', async () => {
  const on = await stage();
  const clones = await Promise.all(Array.from({ length: 6 }, () => on.clone('dev')));
  const claims = await Promise.allSettled(
    clones.map(async (clone, at) => {
      await git(clone, 'commit', '--quiet', '--allow-empty', '-m', `claim ${at}`);
      await git(clone, 'push', '--quiet', '--force-with-lease=refs/disinto/claims/1:', 'origin', 'HEAD:refs/disinto/claims/1');
      return git(clone, 'rev-parse', 'HEAD');
    }),
  );
  const won = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value] : []));
  expect(won).toHaveLength(1);
  expect((await on.as.dev('GET', 'R/git/refs/disinto/claims')).body).toMatchObject([{ ref: 'refs/disinto/claims/1', object: { type: 'commit', sha: won[0] } }]);
});

it('takes all of an atomic push or nothing, and leases on refs that moved', async () => {
  const on = await stage();
  const clone = await on.clone('dev');
  const first = await commitFile(clone, 'a.txt', '1\n');
  await git(clone, 'push', '--quiet', 'origin', 'HEAD:one', 'HEAD:refs/tags/v1');
  await commitFile(clone, 'a.txt', '2\n');
  await expect(git(clone, 'push', '--atomic', '--force-with-lease=one:', 'origin', 'HEAD:two', 'HEAD:one')).rejects.toThrow(/stale|atomic/);
  expect(await git(clone, 'ls-remote', 'origin', 'one', 'two')).toBe(`${first}\trefs/heads/one`);
  await git(clone, 'push', '--quiet', '--atomic', `--force-with-lease=one:${first}`, 'origin', 'HEAD:two', 'HEAD:one');
  await git(clone, 'push', '--quiet', 'origin', ':one', ':refs/tags/v1');
  expect((await on.as.dev('GET', 'R/branches')).body.map((branch: { name: string }) => branch.name)).toEqual(['main', 'two']);
});

it('streams large pushes and clones, and serves single commits, shallow and partial clones', async () => {
  const on = await stage();
  const clone = await on.clone('dev');
  const noise = randomBytes(6 * 1024 * 1024);
  await writeFile(join(clone, 'noise.bin'), noise);
  const head = await commitFile(clone, 'a.txt', 'a\n');
  await git(clone, 'push', '--quiet', 'origin', 'HEAD:big');
  const remote = remoteOf(on.forge.url, 'reviewer', on.tokens.reviewer);
  await git(on.folder, 'clone', '--quiet', '--depth=1', '--branch=big', remote, 'shallow');
  expect(await git(join(on.folder, 'shallow'), 'rev-parse', 'HEAD')).toBe(head);
  await git(on.folder, 'clone', '--quiet', '--filter=blob:none', '--no-checkout', remote, 'partial');
  await git(on.folder, 'init', '--quiet', 'one');
  await git(join(on.folder, 'one'), 'fetch', '--quiet', '--depth=1', remote, head);
  expect(await git(join(on.folder, 'one'), 'cat-file', '-s', `${head}:noise.bin`)).toBe(String(noise.length));
});

it('lets nobody push without rights, and asks the nameless who they are', async () => {
  const on = await stage();
  const clone = await on.clone('reviewer');
  await commitFile(clone, 'a.txt', 'a\n');
  await expect(git(clone, 'push', 'origin', 'HEAD:mine')).rejects.toThrow('403');
  await expect(git(clone, 'push', `${on.forge.url}/demo/app.git`, 'HEAD:mine')).rejects.toThrow(/Authentication|could not read/i);
  await expect(git(clone, 'push', remoteOf(on.forge.url, 'dev', 'wrong'), 'HEAD:mine')).rejects.toThrow(/Authentication|could not read/i);
  await git(clone, 'push', '--quiet', remoteOf(on.forge.url, 'dev', 'dev-password'), 'HEAD:mine');
});

it('understands compressed requests, and refuses bytes that are no push', async () => {
  const on = await stage();
  const clone = await on.clone('dev');
  const sha = await git(clone, 'rev-parse', 'HEAD');
  const line = `${'0'.repeat(40)} ${sha} refs/heads/zipped\0 report-status`;
  const empty = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  const sum = Buffer.from('029d08823bd8a8eab510ad6ac75c823cfd3ed31e', 'hex');
  const body = Buffer.concat([Buffer.from(`${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`), empty, sum]);
  const post = (bytes: Buffer, headers: Record<string, string>) =>
    fetch(`${on.forge.url}/demo/app.git/git-receive-pack`, {
      method: 'POST',
      body: new Uint8Array(bytes),
      headers: { authorization: `token ${on.tokens.dev}`, 'content-type': 'application/x-git-receive-pack-request', ...headers },
    });
  const answer = await post(gzipSync(body), { 'content-encoding': 'gzip' });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('ok refs/heads/zipped')]);
  expect((await on.as.dev('GET', 'R/branches/zipped')).body.commit.id).toBe(sha);
  expect((await post(Buffer.from('not a push at all'), {})).status).toBe(400);
});

it('reads files, folders and history of any revision', async () => {
  const on = await stage();
  const clone = await on.clone('dev');
  const head = await commitFile(clone, 'docs/a b.md', 'text\n', 'Write docs');
  await git(clone, 'push', '--quiet', 'origin', 'HEAD:feature/docs');
  expect((await on.as.dev('GET', 'R/contents/docs/a%20b.md?ref=feature/docs')).body).toMatchObject({
    name: 'a b.md',
    size: 5,
    content: Buffer.from('text\n').toString('base64'),
  });
  expect((await on.as.dev('GET', 'R/contents?ref=feature%2Fdocs')).body.map((entry: any) => [entry.name, entry.type])).toEqual([
    ['docs', 'dir'],
    ['list.txt', 'file'],
    ['readme.md', 'file'],
  ]);
  expect((await on.as.dev('GET', 'R/contents/docs')).status).toBe(404);
  expect((await on.as.dev('GET', 'R/raw/docs/a%20b.md?ref=feature/docs')).body).toBe('text\n');
  const commits = await on.as.dev('GET', 'R/commits?sha=feature/docs&limit=1');
  expect([commits.body[0].sha, commits.body[0].commit.message, commits.headers.get('x-total-count')]).toEqual([head, 'Write docs\n', '2']);
  expect((await on.as.dev('GET', 'R/branches/feature%2Fdocs')).body.commit).toMatchObject({ id: head, message: 'Write docs\n' });
  expect((await on.as.dev('POST', 'R/branches', { new_branch_name: 'again', old_ref_name: head })).status).toBe(201);
  expect((await on.as.dev('POST', 'R/branches', { new_branch_name: 'again', old_ref_name: head })).status).toBe(409);
  expect((await on.as.dev('DELETE', 'R/branches/feature/docs')).status).toBe(204);
  expect((await on.as.dev('DELETE', 'R/branches/feature/docs')).status).toBe(404);
  expect((await on.as.dev('DELETE', 'R/branches/main')).status).toBe(403);
});

it('closes issues that commits on the default branch fix', async () => {
  const on = await stage();
  await on.as.dev('POST', 'R/issues', { title: 'bug' });
  const clone = await on.clone('dev');
  await commitFile(clone, 'a.txt', 'a\n', 'Repair\n\nFixes #1');
  await git(clone, 'push', '--quiet', 'origin', 'HEAD:side');
  expect((await on.as.dev('GET', 'R/issues/1')).body.state).toBe('open');
  await git(clone, 'push', '--quiet', 'origin', 'HEAD:main');
  expect((await on.as.dev('GET', 'R/issues/1')).body.state).toBe('closed');
});
