import { ForgeError, type ForgeErrorKind } from '#forge';
import type { ForgeAdmin, SignIn, TokenScope } from '#forge/admin';
import { account as accountSchema, anything, freshToken, token as tokenSchema } from './schema.ts';
import { textOf } from '../http/failure.ts';
import { type Site, basic, piece } from './site.ts';

type Accounts = Pick<
  ForgeAdmin,
  | 'me'
  | 'findAccount'
  | 'createAccount'
  | 'setPassword'
  | 'deleteAccount'
  | 'acceptsPassword'
  | 'tokenOwner'
  | 'hasScope'
  | 'isOrganisation'
  | 'listTokens'
  | 'createToken'
  | 'deleteToken'
>;

export function createAccounts(site: Site, mask: (text: string) => string): Accounts {
  return {
    me: async () => {
      const { login, is_admin: siteAdmin } = await site.read('user', accountSchema);
      return { login, siteAdmin };
    },
    findAccount: async (login) => {
      const found = await site.find(`users/${piece(login)}`, accountSchema);
      return found === null
        ? null
        : { login: found.login, fullName: found.full_name, siteAdmin: found.is_admin, active: found.active, restricted: found.restricted };
    },
    createAccount: async ({ login, password, email, fullName, restricted = false }) => {
      const draft = { username: login, email, password, full_name: mask(fullName), must_change_password: false, restricted };
      await site.write('POST', 'admin/users', draft, anything);
      // Forgejo 11 asks for a new password whatever the draft said.
      await edit(site, login, { must_change_password: false });
    },
    setPassword: (login, password) => edit(site, login, { password, must_change_password: false }),
    deleteAccount: (login) => site.remove(`admin/users/${piece(login)}`),
    // An account that must change its password is forbidden everything until it did.
    acceptsPassword: async (login, password) => (await loginFor(site, basic(login, password), ['auth', 'forbidden'])) !== null,
    tokenOwner: async (token) => loginFor(site, `token ${needHeaderText(token)}`, ['auth']),
    hasScope: (scope, token) => hasScope(site, scope, token),
    isOrganisation: async (name) => {
      const { status } = await site.send('GET', `orgs/${piece(name)}`, null, { expected: [403, 404] });
      return status === 403 ? null : status < 300;
    },
    ...createTokens(site),
  };
}

/** No account and no repository can have the name `-`, and nothing is made of an empty draft; the scope is looked at before either is noticed. */
const probes: Readonly<Record<TokenScope, { readonly method: 'GET' | 'POST' | 'DELETE'; readonly path: string }>> = {
  'write:repository': { method: 'DELETE', path: 'repos/-/-/branch_protections/none' },
  'write:issue': { method: 'DELETE', path: 'repos/-/-/labels/1' },
  'read:user': { method: 'GET', path: 'user' },
  'write:user': { method: 'POST', path: 'user/repos' },
  'write:organization': { method: 'POST', path: 'orgs/-/repos' },
  'write:admin': { method: 'POST', path: 'admin/users' },
};

async function hasScope(site: Site, scope: TokenScope, token: string | undefined): Promise<boolean> {
  const { method, path } = probes[scope];
  const how = { expected: [400, 403, 404, 422], ...(token === undefined ? {} : { authorization: `token ${needHeaderText(token)}` }) };
  const answer = await site.send(method, path, method === 'POST' ? {} : null, how);
  // An account that lacks the right gets 403 as well, with other words.
  return answer.status !== 403 || !/required scope/i.test(textOf(answer));
}

/** Whose credential it is; null when the forge refuses it in one of these ways. */
async function loginFor(site: Site, authorization: string, refusals: readonly ForgeErrorKind[]): Promise<string | null> {
  try {
    return (await site.read('user', accountSchema, { authorization })).login;
  } catch (error) {
    if (error instanceof ForgeError && refusals.includes(error.kind)) return null;
    throw error;
  }
}

/** Both forges want the first two fields in every change; with source 0 the name means nothing. */
async function edit(site: Site, login: string, change: Readonly<Record<string, unknown>>): Promise<void> {
  await site.write('PATCH', `admin/users/${piece(login)}`, { source_id: 0, login_name: login, ...change }, anything);
}

/** Tokens are listed, made and revoked with the account's password; no token may do that. */
function createTokens(site: Site): Pick<Accounts, 'listTokens' | 'createToken' | 'deleteToken'> {
  const path = ({ login }: SignIn): string => `users/${piece(login)}/tokens`;
  const signedIn = async <T>(account: SignIn, act: (how: { readonly authorization: string }) => Promise<T>): Promise<T> => {
    try {
      return await act({ authorization: basic(account.login, account.password) });
    } catch (cause) {
      if (!(cause instanceof ForgeError) || cause.kind !== 'auth') throw cause;
      const why = `the forge refuses the password of ${account.login}: set a new one, or correct its password file`;
      throw new ForgeError('auth', why, { status: cause.status, cause });
    }
  };
  return {
    listTokens: (account) =>
      signedIn(account, async (how) =>
        (await site.list(path(account), tokenSchema, (each) => each.id, how)).map(({ id, name, scopes }) => ({ id, name, scopes })),
      ),
    createToken: (account, { name, scopes }) =>
      signedIn(account, async (how) => (await site.write('POST', path(account), { name, scopes }, freshToken, how)).sha1),
    deleteToken: (account, name) => signedIn(account, (how) => site.remove(`${path(account)}/${piece(name)}`, how)),
  };
}

function needHeaderText(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new ForgeError('auth', 'the token is empty or holds characters that no token has');
}
