import { createHash, scrypt, timingSafeEqual } from 'node:crypto';
import { Refused } from './refused.ts';
import { findToken } from './store/token.ts';
import { findUser, userById, type UserRow } from './store/user.ts';
import type { World } from './world.ts';

export interface Caller {
  readonly user: UserRow;
  /** Of the token used; null: the account's password, which may do everything. */
  readonly scopes: readonly string[] | null;
}

export type ScopeKind = 'repository' | 'issue' | 'user' | 'organization' | 'admin' | 'misc';

/** Passwords seen to be right, as hashes: the slow check is made once per password and process. */
const proven = new Set<string>();

const derive = (password: string, salt: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password, salt, 32, { N: 4096 }, (error, key) => (error === null ? resolve(key) : reject(error)));
  });

export async function hashPassword(world: Pick<World, 'chance'>, password: string): Promise<string> {
  const salt = world.chance.secret(16);
  return `${salt}:${(await derive(password, salt)).toString('hex')}`;
}

async function passwordIsRight(user: UserRow, password: string): Promise<boolean> {
  if (user.password === null) return false;
  const memory = createHash('sha256').update(`${user.password}\0${password}`).digest('hex');
  if (proven.has(memory)) return true;
  const [salt = '', key = ''] = user.password.split(':');
  const right = timingSafeEqual(await derive(password, salt), Buffer.from(key, 'hex'));
  if (right) proven.add(memory);
  return right;
}

/** Who calls: `token …`, `Bearer …`, or basic with a password or a token in place of either half. Null: nobody said who. 401: a lie. */
export async function authenticate(world: World, header: string | undefined): Promise<Caller | null> {
  if (header === undefined || header === '') return null;
  const [, scheme = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case 'token':
    case 'bearer':
      return callerOfToken(world, rest.trim()) ?? refuse();
    case 'basic':
      return callerOfPair(world, Buffer.from(rest, 'base64').toString('utf8'));
    default:
      return refuse();
  }
}

function callerOfToken(world: World, value: string): Caller | null {
  const token = findToken(world, value);
  return token === undefined ? null : { user: userById(world, token.user_id), scopes: JSON.parse(token.scopes) as string[] };
}

async function callerOfPair(world: World, pair: string): Promise<Caller> {
  const colon = pair.indexOf(':');
  const login = colon === -1 ? pair : pair.slice(0, colon);
  const secret = colon === -1 ? '' : pair.slice(colon + 1);
  const byToken = callerOfToken(world, secret) ?? (secret === '' || secret === 'x-oauth-basic' ? callerOfToken(world, login) : null);
  if (byToken !== null) return byToken;
  const user = findUser(world, login);
  if (user !== undefined && (await passwordIsRight(user, secret))) {
    if (user.must_change === 1) throw new Refused(403, 'You must change your password. Change it at: /user/change_password');
    return { user, scopes: null };
  }
  return refuse();
}

function refuse(): never {
  throw new Refused(401, 'user does not exist, or password or token is wrong');
}

/** Refuses a token whose scopes do not cover a call; `write:` includes `read:`. */
export function demandScope(caller: Caller | null, kind: ScopeKind, writes: boolean): void {
  if (caller?.scopes == null || kind === 'misc') return;
  const level = writes ? 'write' : 'read';
  const enough = new Set(['all', `write:${kind}`, ...(writes ? [] : [`read:${kind}`])]);
  if (caller.scopes.some((scope) => enough.has(scope))) return;
  throw new Refused(403, `token does not have at least one of required scope(s): [${level}:${kind}]`);
}
