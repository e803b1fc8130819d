import { createAccounts } from './gitea/accounts.ts';
import { forgeOfEnvironment } from './gitea/elsewhere.ts';
import type { RestAnswer } from './gitea/rest.ts';
import { ask } from './gitea/rest.ts';
import { startServer } from './gitea/server.ts';

/** An account with its login, its password and `token(scopes)`, which makes a new token, by default with every scope. */
export type TestAccount = Awaited<ReturnType<ReturnType<typeof createAccounts>['create']>>;

/** A real forge for tests, empty but for its administrator. */
export interface TestForge {
  /** Without a slash at the end; `/api/v1` and git answer below it. */
  readonly url: string;
  /** For example `1.26.0`, or `11.0.6+gitea-1.22.0` of a Forgejo. */
  readonly version: string;
  /** Of `admin`, with every scope. */
  readonly adminToken: string;
  /** A site administrator of this forge's own. */
  readonly admin: { readonly login: string; readonly password: string };
  /** Makes a plain account that may create repositories. Throws where another one has this login. */
  createAccount(login: string): Promise<TestAccount>;
  /** One request below `/api/v1`, whatever it answers; by the administrator unless told otherwise. */
  ask(method: string, path: string, body?: unknown, token?: string): Promise<RestAnswer>;
  /** Ends the server and removes its data; of a forge that runs elsewhere, the accounts made here and all they own. */
  close(): Promise<void>;
}

/**
 * Starts the Gitea that `make test` built, on a free port of 127.0.0.1, ready in about two seconds; webhooks to 127.0.0.1 are allowed.
 * It ends with the test's process, however that ends. With `DISINTO_TEST_FORGE_URL` and an administrator's token in
 * `DISINTO_TEST_FORGE_ADMIN_TOKEN` or in the file `DISINTO_TEST_FORGE_ADMIN_TOKEN_FILE`, the forge that runs there is used.
 */
export async function startGitea(): Promise<TestForge> {
  const elsewhere = forgeOfEnvironment();
  const server = elsewhere ?? (await startServer());
  try {
    const accounts = createAccounts(server.url, server.bootstrap, elsewhere !== null);
    const { admin, token } = await accounts.admin();
    const version = await ask(server.url, { token }, 'GET', 'version');
    return {
      url: server.url,
      version: (JSON.parse(version.body) as { version: string }).version,
      adminToken: token,
      admin,
      createAccount: accounts.create,
      ask: (method, path, body, by = token) => ask(server.url, { token: by }, method, path, body),
      close: async () => {
        await accounts.remove();
        await server.close();
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}
