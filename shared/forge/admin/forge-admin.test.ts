import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { ForgeAdmin, ProtectionRule } from '#forge/admin';
import type { Log } from '#log';
import { systemChance, systemClock } from '../../clock/system.ts';
import { createForgeAdmin } from './forge-admin.ts';

const silent: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => silent };

interface Asked {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: any;
}

type Answers = Readonly<Record<string, unknown>>;

/** A forge that answers `METHOD path` with a body, 200 each, and everything else with 404; a number is a bare status. */
async function forgeWith(answers: Answers, mask?: (text: string) => string): Promise<{ admin: ForgeAdmin; asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const line = `${request.method} ${request.url?.replace('/api/v1/', '').replace(/\?.*$/, '')}`;
      const text = Buffer.concat(chunks).toString('utf8');
      asked.push({ line, headers: request.headers, body: text === '' ? null : JSON.parse(text) });
      const answer = line in answers ? answers[line] : 404;
      response.writeHead(typeof answer === 'number' ? answer : 200).end(typeof answer === 'number' ? '' : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const admin = createForgeAdmin({
    url,
    token: () => 'admin-token',
    timeoutSeconds: 5,
    clock: systemClock,
    chance: systemChance,
    log: silent,
    ...(mask === undefined ? {} : { mask }),
  });
  return { admin, asked };
}

const hook = { id: 7, type: '', config: { url: 'http://there/' }, events: ['push'], active: true };
const rule: ProtectionRule = {
  name: 'main',
  push: 'nobody',
  merge: 'writers',
  approvals: { required: 1, by: 'writers' },
  dismissStaleApprovals: true,
  blockOnRejectedReviews: false,
  requiredContexts: null,
  protectedFiles: [],
  unprotectedFiles: [],
};
const stands = { rule_name: 'main', enable_push: false, required_approvals: 1, dismiss_stale_approvals: true };

it.each([
  ['11.0.6+gitea-1.22.0', 'forgejo', 'apply_to_admins'],
  ['10.0.0', 'forgejo', 'apply_to_admins'],
  ['1.26.0', 'gitea', 'block_admin_merge_override'],
  ['1.24.0+dev-100-gabc', 'gitea', 'block_admin_merge_override'],
])('speaks to version %s as to a %s', async (version, type, word) => {
  const { admin, asked } = await forgeWith({
    'GET version': { version },
    'POST repos/o/r/hooks': hook,
    'POST repos/o/r/branch_protections': stands,
    'GET repos/o/r/branch_protections': [{ ...stands, [word]: true }],
  });
  expect(await admin.createHook('o/r', { url: 'http://there/', secret: 's', events: ['push'] })).toBe(7);
  await admin.createProtection('o/r', rule);
  expect(asked.find(({ line }) => line.endsWith('hooks'))?.body).toMatchObject({ type });
  expect(asked.find(({ line }) => line === 'POST repos/o/r/branch_protections')?.body).toMatchObject({ [word]: true });
});

it('says what of a protection did not come to stand', async () => {
  const { admin } = await forgeWith({
    'GET version': { version: '10.0.0' },
    'POST repos/o/r/branch_protections': stands,
    'GET repos/o/r/branch_protections': [{ ...stands, apply_to_admins: true, enable_push: true }],
  });
  await expect(admin.createProtection('o/r', rule)).rejects.toMatchObject({
    kind: 'invalid',
    message: expect.stringContaining('push is "writers", not "nobody"'),
  });
});

it('hides secrets in prose, and sends passwords and secrets of hooks as they are', async () => {
  const { admin, asked } = await forgeWith(
    {
      'GET version': { version: '10.0.0' },
      'POST admin/users': {},
      'PATCH admin/users/dev-bot': {},
      'POST repos/o/r/hooks': hook,
      'POST repos/o/r/contents': {},
    },
    (text) => text.replaceAll('pass-word-1', '[masked]'),
  );
  await admin.createAccount({ login: 'dev-bot', password: 'pass-word-1', email: 'd@example.org', fullName: 'mark pass-word-1' });
  await admin.createHook('o/r', { url: 'http://there/', secret: 'pass-word-1', events: ['push'] });
  await admin.createFiles('o/r', { branch: 'main', message: 'with pass-word-1', files: { 'a.txt': 'has pass-word-1' } });
  const [account, , , made, files] = asked.map(({ body }) => body);
  expect(account).toMatchObject({ password: 'pass-word-1', full_name: 'mark [masked]', must_change_password: false });
  expect(made).toMatchObject({ config: { secret: 'pass-word-1' } });
  expect(files.message).toBe('with [masked]');
  expect(Buffer.from(files.files[0].content, 'base64').toString()).toBe('has [masked]');
});

it('signs in by basic auth for tokens, and by the administrator’s token for everything else', async () => {
  const { admin, asked } = await forgeWith({ 'POST users/dev-bot/tokens': { sha1: 'value' }, 'GET user': { id: 1, login: 'root', is_admin: true } });
  expect(await admin.createToken({ login: 'dev-bot', password: 'pö:ss' }, { name: 'n', scopes: ['all'] })).toBe('value');
  expect(await admin.me()).toEqual({ login: 'root', siteAdmin: true });
  expect(asked.map(({ headers }) => headers.authorization)).toEqual([`Basic ${Buffer.from('dev-bot:pö:ss').toString('base64')}`, 'token admin-token']);
});

it('reads lists that are null, and fails on answers that make no sense', async () => {
  const { admin } = await forgeWith({
    'GET repos/o/r/hooks': null,
    'GET repos/o/r/labels': { message: 'not a list' },
    'GET users/x': { login: 3 },
    'GET user': 'text',
    'GET repos/o/r/collaborators': [{ id: 1, login: 'x' }],
    'GET repos/o/r/collaborators/x/permission': { permission: 'emperor' },
  });
  expect(await admin.listHooks('o/r')).toEqual([]);
  const tries = [admin.listLabels('o/r'), admin.findAccount('x'), admin.tokenOwner('t'), admin.acceptsPassword('x', 'p'), admin.listCollaborators('o/r')];
  for (const act of tries) await expect(act).rejects.toMatchObject({ kind: 'malformed' });
});

it('sends a change that may not be repeated once, and gives up a question that fails for ever', async () => {
  const { admin, asked } = await forgeWith({ 'GET version': { version: '10.0.0' }, 'POST admin/users': 502, 'DELETE admin/users/x': 502 });
  await expect(admin.createAccount({ login: 'x', password: 'p', email: 'e', fullName: '' })).rejects.toMatchObject({ kind: 'unavailable' });
  expect(asked.length).toBe(1);
  await expect(admin.deleteAccount('x')).rejects.toMatchObject({ kind: 'unavailable' });
  expect(asked.length).toBe(5);
});
