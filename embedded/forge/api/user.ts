import { hashPassword } from '../auth.ts';
import { flag, needText, text, texts } from '../fields.ts';
import { forbidden, notFound, Refused } from '../refused.ts';
import { json, needCaller, nothing, pagedList, param, route, wholeList, type Call, type Route } from '../route.ts';
import { showUser } from '../shape/repository.ts';
import { deleteToken, insertToken, listTokens, type TokenRow } from '../store/token.ts';
import { insertUser, needUser, type UserRow } from '../store/user.ts';

const needAdmin = (call: Call): void => {
  if (needCaller(call).admin !== 1) throw forbidden('Must be a site admin');
};

/** Tokens are made, listed and revoked with the account's password only (or by a site admin), never with a token. */
function needOwner(call: Call): UserRow {
  const user = needCaller(call);
  if (call.caller?.scopes != null) throw new Refused(401, 'auth method not allowed: use basic authorization with the password');
  const owner = needUser(call.world, param(call, 'login'));
  if (owner.id !== user.id && user.admin !== 1) throw forbidden('doer should be the site admin or be same as the contextUser');
  return owner;
}

const showToken = (token: TokenRow, value: string): Record<string, unknown> => ({
  id: token.id,
  name: token.name,
  sha1: value,
  token_last_eight: token.last_eight,
  scopes: JSON.parse(token.scopes) as string[],
});

export const userRoutes: readonly Route[] = [
  route('misc', 'GET', '/version', () => json(200, { version: '10.0.0+disinto-embedded' })),
  route('user', 'GET', '/user', (call) => json(200, showUser(call.shape, needCaller(call)))),
  route('user', 'GET', '/users/:login', (call) => json(200, showUser(call.shape, needUser(call.world, param(call, 'login'))))),
  route('user', 'GET', '/users/:login/tokens', (call) => wholeList(listTokens(call.world, needOwner(call)).map((token) => showToken(token, '')))),
  route('user', 'POST', '/users/:login/tokens', (call) => {
    const owner = needOwner(call);
    const scopes = texts(call.input, 'scopes') ?? [];
    if (scopes.length === 0) throw new Refused(400, 'access token must have a scope');
    const { row, value } = insertToken(call.world, owner, needText(call.input, 'name'), scopes);
    return json(201, showToken(row, value));
  }),
  route('user', 'DELETE', '/users/:login/tokens/:token', (call) => {
    if (!deleteToken(call.world, needOwner(call), param(call, 'token'))) throw notFound();
    return nothing();
  }),
  route('admin', 'GET', '/admin/users', (call) => {
    needAdmin(call);
    return pagedList(call, call.world.database.all<UserRow>('SELECT * FROM users ORDER BY id'), (user) => showUser(call.shape, user));
  }),
  route('admin', 'POST', '/admin/users', async (call) => {
    needAdmin(call);
    const login = needText(call.input, 'username');
    const password = text(call.input, 'password');
    const user = insertUser(call.world, {
      login,
      email: text(call.input, 'email') ?? `${login}@noreply.localhost`,
      fullName: text(call.input, 'full_name') ?? '',
      password: password === null ? null : await hashPassword(call.world, password),
      admin: false,
    });
    return json(201, showUser(call.shape, user));
  }),
  route('admin', 'PATCH', '/admin/users/:login', async (call) => {
    needAdmin(call);
    const user = needUser(call.world, param(call, 'login'));
    const password = text(call.input, 'password');
    const admin = flag(call.input, 'admin');
    call.world.database.run(
      'UPDATE users SET email = ?, full_name = ?, password = ?, admin = ? WHERE id = ?',
      text(call.input, 'email') ?? user.email,
      text(call.input, 'full_name') ?? user.full_name,
      password === null ? user.password : await hashPassword(call.world, password),
      admin === null ? user.admin : Number(admin),
      user.id,
    );
    return json(200, showUser(call.shape, needUser(call.world, user.login)));
  }),
];
