import { hashPassword } from '../auth.ts';
import { flag, needText, text } from '../fields.ts';
import { invalid } from '../refused.ts';
import { json, nothing, pagedList, param, route, type Call, type Route } from '../route.ts';
import { showUser } from '../shape/repository.ts';
import { insertUser, needUser, removeUser, type UserRow } from '../store/user.ts';
import { needSiteAdmin } from './site-admin.ts';

const owned = (call: Call, user: UserRow): number =>
  call.world.database.get<{ n: number }>('SELECT COUNT(*) AS n FROM repositories WHERE owner_id = ?', user.id)?.n ?? 0;

/** Refuses a mail address that another account has. */
function freeEmail(call: Call, email: string, except: number): string {
  const taken = call.world.database.get('SELECT 1 FROM users WHERE email = ? COLLATE NOCASE AND id <> ?', email, except);
  if (taken !== undefined) throw invalid(`e-mail already in use [email: ${email}]`);
  return email;
}

/** Accounts, as a site administrator makes, changes and removes them. A new one must change its password unless told otherwise. */
export const accountRoutes: readonly Route[] = [
  route('admin', 'GET', '/admin/users', (call) => {
    needSiteAdmin(call);
    const all = call.world.database.all<UserRow>('SELECT * FROM users WHERE organisation = 0 ORDER BY id');
    return pagedList(call, all, (user) => showUser(call.shape, user));
  }),
  route('admin', 'POST', '/admin/users', async (call) => {
    needSiteAdmin(call);
    const login = needText(call.input, 'username');
    const password = text(call.input, 'password');
    const hashed = password === null ? null : await hashPassword(call.world, password);
    const user = insertUser(call.world, {
      login,
      email: freeEmail(call, text(call.input, 'email') ?? `${login}@noreply.localhost`, 0),
      fullName: text(call.input, 'full_name') ?? '',
      password: hashed,
      admin: false,
      restricted: flag(call.input, 'restricted') ?? false,
      mustChange: password !== null && (flag(call.input, 'must_change_password') ?? true),
    });
    return json(201, showUser(call.shape, user));
  }),
  route('admin', 'PATCH', '/admin/users/:login', async (call) => {
    needSiteAdmin(call);
    const user = needUser(call.world, param(call, 'login'));
    const password = text(call.input, 'password');
    call.world.database.run(
      'UPDATE users SET email = ?, full_name = ?, password = ?, admin = ?, must_change = ?, restricted = ? WHERE id = ?',
      freeEmail(call, text(call.input, 'email') ?? user.email, user.id),
      text(call.input, 'full_name') ?? user.full_name,
      password === null ? user.password : await hashPassword(call.world, password),
      Number(flag(call.input, 'admin') ?? user.admin === 1),
      Number(flag(call.input, 'must_change_password') ?? user.must_change === 1),
      Number(flag(call.input, 'restricted') ?? user.restricted === 1),
      user.id,
    );
    return json(200, showUser(call.shape, needUser(call.world, user.login)));
  }),
  route('admin', 'DELETE', '/admin/users/:login', (call) => {
    const admin = needSiteAdmin(call);
    const user = needUser(call.world, param(call, 'login'));
    if (user.organisation === 1) throw invalid(`${user.login} is an organization not a user`);
    if (user.id === admin.id) throw invalid('you cannot delete yourself');
    if (owned(call, user) > 0) throw invalid(`user still has ownership of repositories [uid: ${user.id}]`);
    removeUser(call.world, user);
    return nothing();
  }),
];
