import { createHash } from 'node:crypto';
import { Refused } from '../refused.ts';
import { seconds, type World } from '../world.ts';
import type { UserRow } from './user.ts';

export interface TokenRow {
  readonly id: number;
  readonly user_id: number;
  readonly name: string;
  readonly hash: string;
  readonly last_eight: string;
  readonly scopes: string;
}

const hashOf = (value: string): string => createHash('sha256').update(value).digest('hex');

/** Makes a token and answers its value, which is kept nowhere: only its hash is. */
export function insertToken(world: World, user: UserRow, name: string, scopes: readonly string[]): { row: TokenRow; value: string } {
  const taken = world.database.get('SELECT id FROM tokens WHERE user_id = ? AND name = ?', user.id, name);
  if (taken !== undefined) throw new Refused(400, 'access token name has been used already');
  const value = world.chance.secret(20);
  const { id } = world.database.run(
    'INSERT INTO tokens (user_id, name, hash, last_eight, scopes, created_at) VALUES (?, ?, ?, ?, ?, ?)',
    user.id,
    name,
    hashOf(value),
    value.slice(-8),
    JSON.stringify(scopes),
    seconds(world),
  );
  const row = world.database.get<TokenRow>('SELECT * FROM tokens WHERE id = ?', id);
  if (row === undefined) throw new Error('the token vanished while it was made');
  return { row, value };
}

export const findToken = (world: World, value: string): TokenRow | undefined =>
  world.database.get<TokenRow>('SELECT * FROM tokens WHERE hash = ?', hashOf(value));

export const listTokens = (world: World, user: UserRow): TokenRow[] =>
  world.database.all<TokenRow>('SELECT * FROM tokens WHERE user_id = ? ORDER BY id', user.id);

/** Revokes by id or name. False: there was none. */
export const deleteToken = (world: World, user: UserRow, which: string): boolean =>
  world.database.run('DELETE FROM tokens WHERE user_id = ? AND (name = ? OR id = ?)', user.id, which, /^\d+$/.test(which) ? Number(which) : -1).changes > 0;
