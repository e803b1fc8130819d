import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ForgeAdmin } from '#forge/admin';
import type { AdminWorld } from '../world.ts';
import { open } from './rule.ts';

type Tries = Readonly<Partial<Record<keyof ForgeAdmin, (by: ForgeAdmin) => Promise<unknown>>>>;

/** What only an administrator may, of the site or of the repository, tried with arguments that would do. */
function administering(name: string, login: string): Tries {
  const draft = { private: false, description: '', defaultBranch: 'main', initialise: true };
  const hook = { url: 'http://127.0.0.1:9/', secret: 's', events: ['push'] };
  return {
    createAccount: (by) => by.createAccount({ login: `${login}-x`, password: 'pass-word-1', email: `${login}-x@example.org`, fullName: '' }),
    setPassword: (by) => by.setPassword(login, 'pass-word-1'),
    deleteAccount: (by) => by.deleteAccount(login),
    createRepository: (by) => by.createRepository({ name: `${name.split('/')[0]}/foreign`, ...draft }),
    deleteRepository: (by) => by.deleteRepository(name),
    setCollaborator: (by) => by.setCollaborator(name, login, 'admin'),
    removeCollaborator: (by) => by.removeCollaborator(name, login),
    listProtections: (by) => by.listProtections(name),
    createProtection: (by) => by.createProtection(name, open),
    editProtection: (by) => by.editProtection(name, 'main', { push: 'writers' }),
    deleteProtection: (by) => by.deleteProtection(name, 'main'),
    listHooks: (by) => by.listHooks(name),
    createHook: (by) => by.createHook(name, hook),
    editHook: (by) => by.editHook(name, 1, hook),
    deleteHook: (by) => by.deleteHook(name, 1),
    testHook: (by) => by.testHook(name, 1),
  };
}

/** The rest of what is asked for with the administrator's token. */
const others = (name: string, login: string): Tries => ({
  me: (by) => by.me(),
  findAccount: (by) => by.findAccount(login),
  findRepository: (by) => by.findRepository(name),
  listCollaborators: (by) => by.listCollaborators(name),
  listLabels: (by) => by.listLabels(name),
  createLabel: (by) => by.createLabel(name, { name: 'x', colour: 'cccccc', description: '' }),
  deleteLabel: (by) => by.deleteLabel(name, 1),
  listFiles: (by) => by.listFiles(name, 'main'),
  readFile: (by) => by.readFile(name, 'main', 'README.md'),
  createFiles: (by) => by.createFiles(name, { branch: 'main', message: 'x', files: { x: 'x' } }),
});

const kindOf = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'done',
    (error: { kind?: string; message: string }) => error.kind ?? error.message,
  );

async function kinds(tries: Tries, by: ForgeAdmin): Promise<Readonly<Record<string, string>>> {
  const found: [string, string][] = [];
  for (const [verb, act] of Object.entries(tries)) found.push([verb, await kindOf(act(by))]);
  return Object.fromEntries(found);
}

const all = (tries: Tries, kind: string): Readonly<Record<string, string>> => Object.fromEntries(Object.keys(tries).map((verb) => [verb, kind]));

export function refusalContract(world: () => AdminWorld): void {
  describe('refusals', () => {
    it('forbidden: every verb of an administrator, for an account that only writes, with every scope', async () => {
      const { admin, account, by, repository } = world();
      const [name, person] = [await repository(), await account()];
      await admin.setCollaborator(name, person.login, 'write');
      await admin.createProtection(name, { ...open, push: 'nobody' });
      await admin.createHook(name, { url: 'http://127.0.0.1:9/', secret: 's', events: ['push'] });
      const tries = administering(name, person.login);
      const token = await admin.createToken(person, { name: 'all', scopes: ['all'] });
      expect(await kinds(tries, by(token))).toEqual(all(tries, 'forbidden'));
      expect(await admin.acceptsPassword(person.login, person.password)).toBe(true);
      expect([(await admin.listProtections(name)).length, (await admin.listHooks(name)).length]).toEqual([1, 1]);
    });

    it('forbidden: the same for an administrator whose token lacks the scopes', async () => {
      const { admin, by, repository, site } = world();
      const name = await repository();
      const token = await admin.createToken(site.admin, { name: 'narrow', scopes: ['read:issue'] });
      const tries = administering(name, site.admin.login);
      expect(await kinds(tries, by(token))).toEqual(all(tries, 'forbidden'));
    });

    it('auth: every verb, for a token that is none', async () => {
      const { by, repository, site } = world();
      const tries = { ...administering(await repository(), site.admin.login), ...others(await repository(), site.admin.login) };
      expect(await kinds(tries, by('0123456789012345678901234567890123456789'))).toEqual(all(tries, 'auth'));
    });

    it('not-found: whatever is below a repository that is not there', async () => {
      const { admin, site } = world();
      const { me: _, findAccount: __, findRepository: ___, ...below } = others(`${site.admin.login}/nosuch`, site.admin.login);
      expect(await kinds(below, admin)).toEqual(all(below, 'not-found'));
    });

    it('not a forge: a web server that knows no page is an error, never "there is none"', async () => {
      const server = createServer((_, response) => response.writeHead(404).end('<html>nothing here</html>'));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => {
        server.closeAllConnections();
        server.close();
      });
      const elsewhere = world().by('token', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const tries = { ...administering('a/b', 'c'), ...others('a/b', 'c') };
      expect(await kinds(tries, elsewhere)).toEqual(all(tries, 'not-found'));
    });
  });
}
