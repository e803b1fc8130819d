import { Refused } from '../refused.ts';
import { seconds, type World } from '../world.ts';

export interface UserRow {
  readonly id: number;
  readonly login: string;
  readonly email: string;
  readonly full_name: string;
  /** `salt:hash`, or null: no password, tokens only. */
  readonly password: string | null;
  readonly admin: number;
  /** 1: the password opens nothing until it is changed. */
  readonly must_change: number;
  /** 1: an organisation, which owns repositories and signs in nowhere. */
  readonly organisation: number;
  /** 1: sees only what it is given by name. */
  readonly restricted: number;
  readonly created_at: number;
}

/** By login; those that were removed are not found. */
export const findUser = (world: World, login: string): UserRow | undefined =>
  world.database.get<UserRow>("SELECT * FROM users WHERE login = ? AND login <> 'ghost-' || id", login);

export const userById = (world: World, id: number): UserRow => {
  const user = world.database.get<UserRow>('SELECT * FROM users WHERE id = ?', id);
  if (user === undefined) throw new Error(`the database names user ${id}, whom it lacks`);
  return user;
};

/** By login, or 404. */
export function needUser(world: World, login: string): UserRow {
  const user = findUser(world, login);
  if (user === undefined) throw new Refused(404, `user does not exist [name: ${login}]`);
  return user;
}

interface NewUser {
  readonly login: string;
  readonly email: string;
  readonly fullName: string;
  readonly password: string | null;
  readonly admin: boolean;
  readonly mustChange?: boolean;
  readonly organisation?: boolean;
  readonly restricted?: boolean;
}

export function insertUser(world: World, user: NewUser): UserRow {
  // The owner's name is a folder beside the database.
  if (/^forge\.sqlite/i.test(user.login) || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(user.login))
    throw new Refused(422, `name is invalid [${user.login}]: letters, digits, dots, dashes`);
  if (/^ghost(?:-\d+)?$/i.test(user.login)) throw new Refused(422, `name is reserved [name: ${user.login}]`);
  if (findUser(world, user.login) !== undefined) throw new Refused(422, `user already exists [name: ${user.login}]`);
  const { id } = world.database.run(
    'INSERT INTO users (login, email, full_name, password, admin, must_change, organisation, restricted, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    user.login,
    user.email,
    user.fullName,
    user.password,
    user.admin ? 1 : 0,
    user.mustChange === true ? 1 : 0,
    user.organisation === true ? 1 : 0,
    user.restricted === true ? 1 : 0,
    seconds(world),
  );
  return userById(world, id);
}

/** Whether the account was removed: only what it wrote is left. */
export const isGhost = (user: UserRow): boolean => user.login === `ghost-${user.id}`;

/** Removes an account. What it wrote stays, under a name that nobody has: `ghost-<id>`. */
export function removeUser(world: World, user: UserRow): void {
  world.database.transaction(() => {
    for (const table of ['tokens', 'collaborators', 'organisation_owners', 'issue_assignees'])
      world.database.run(`DELETE FROM ${table} WHERE user_id = ?`, user.id);
    world.database.run(
      "UPDATE users SET login = ?, email = '', full_name = '', password = NULL, admin = 0, must_change = 0, organisation = 0 WHERE id = ?",
      `ghost-${user.id}`,
      user.id,
    );
  });
}

export const ownsOrganisation = (world: World, organisation: number, user: number): boolean =>
  world.database.get('SELECT 1 FROM organisation_owners WHERE organisation_id = ? AND user_id = ?', organisation, user) !== undefined;
