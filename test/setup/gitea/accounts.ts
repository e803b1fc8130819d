import { randomBytes } from 'node:crypto';
import { type Credential, ask, must } from './rest.ts';

interface TestAccount {
  readonly login: string;
  readonly password: string;
  /** A new token with these scopes, by default all of them. */
  token(scopes?: readonly string[]): Promise<string>;
}

/** Our mark on an account, in its full name: what carries it may be removed. */
const mark = 'account of the tests of disinto';

interface Accounts {
  admin(): Promise<{ readonly admin: { readonly login: string; readonly password: string }; readonly token: string }>;
  create(login: string): Promise<TestAccount>;
  remove(): Promise<void>;
}

/** `bootstrap`: an administrator of the forge. `shared`: the forge is not ours alone, so what is made there is removed again. */
export function createAccounts(url: string, bootstrap: Credential, shared: boolean): Accounts {
  const made = new Set<string>();
  const removeAccount = (login: string): Promise<unknown> => must(url, bootstrap, 'DELETE', `admin/users/${login}?purge=true`);

  const removeLeftover = async (login: string): Promise<void> => {
    const found = await ask(url, bootstrap, 'GET', `users/${login}`);
    if (found.status === 404) return;
    const { full_name: name } = JSON.parse(found.body) as { full_name?: string };
    if (name !== mark) throw new Error(`${url} has an account ${login} that is not of these tests; use a forge without one`);
    await removeAccount(login);
  };
  const create = async (login: string): Promise<TestAccount> => {
    if (shared) await removeLeftover(login);
    const password = randomBytes(18).toString('base64url');
    const draft = { username: login, password, email: `${login}@example.org`, full_name: mark, must_change_password: false };
    await must(url, bootstrap, 'POST', 'admin/users', draft);
    made.add(login);
    return { login, password, token: (scopes) => createToken(url, { login, password }, scopes) };
  };
  return {
    create,
    admin: async () => {
      const { login, password, token } = await create(shared ? 'test-admin' : 'site-admin');
      await must(url, bootstrap, 'PATCH', `admin/users/${login}`, { login_name: login, source_id: 0, admin: true });
      return { admin: { login, password }, token: await token() };
    },
    remove: async () => {
      for (const login of shared ? [...made].toReversed() : []) await removeAccount(login);
      made.clear();
    },
  };
}

async function createToken(url: string, by: { readonly login: string; readonly password: string }, scopes: readonly string[] = ['all']): Promise<string> {
  const draft = { name: `test-${randomBytes(6).toString('hex')}`, scopes };
  return ((await must(url, by, 'POST', `users/${by.login}/tokens`, draft)) as { sha1: string }).sha1;
}
