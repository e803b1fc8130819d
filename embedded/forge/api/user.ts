import { needText, texts } from '../fields.ts';
import { forbidden, notFound, Refused } from '../refused.ts';
import { json, needCaller, nothing, pagedList, param, route, type Call, type Route } from '../route.ts';
import { showUser } from '../shape/repository.ts';
import { deleteToken, insertToken, listTokens, type TokenRow } from '../store/token.ts';
import { needUser, type UserRow } from '../store/user.ts';

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

const knownScope = /^(?:all|public-only|(?:read|write):(?:activitypub|admin|issue|misc|notification|organization|package|repository|user))$/;

export const userRoutes: readonly Route[] = [
  route('misc', 'GET', '/version', () => json(200, { version: '10.0.0+disinto-embedded' })),
  route('user', 'GET', '/user', (call) => json(200, showUser(call.shape, needCaller(call)))),
  route('user', 'GET', '/users/:login', (call) => json(200, showUser(call.shape, needUser(call.world, param(call, 'login'))))),
  route('user', 'GET', '/users/:login/tokens', (call) => pagedList(call, listTokens(call.world, needOwner(call)), (token) => showToken(token, ''))),
  route('user', 'POST', '/users/:login/tokens', (call) => {
    const owner = needOwner(call);
    const scopes = texts(call.input, 'scopes') ?? [];
    if (scopes.length === 0) throw new Refused(400, 'access token must have a scope');
    const unknown = scopes.find((scope) => !knownScope.test(scope));
    if (unknown !== undefined) throw new Refused(400, `invalid access token scope provided: ${unknown}`);
    const { row, value } = insertToken(call.world, owner, needText(call.input, 'name'), scopes);
    return json(201, showToken(row, value));
  }),
  route('user', 'DELETE', '/users/:login/tokens/:token', (call) => {
    if (!deleteToken(call.world, needOwner(call), param(call, 'token'))) throw notFound();
    return nothing();
  }),
];
