import { flag, needText, text, texts, whole, type Input } from '../fields.ts';
import { forbidden, invalid, notFound } from '../refused.ts';
import { json, needRepository, nothing, param, route, type Call, type Route } from '../route.ts';
import { accessOf, maySayYes, reaches } from '../rules/access.ts';
import { showProtection } from '../shape/branch.ts';
import { findProtection, listProtections, noProtection, saveProtection, settingsOf, type ProtectionRow, type ProtectionSettings } from '../store/protection.ts';
import type { RepositoryRow } from '../store/repository.ts';
import { findUser, type UserRow } from '../store/user.ts';

/** What a request sets; the rest stays as it was. */
export function readSettings(input: Input, before: ProtectionSettings): ProtectionSettings {
  const changed = Object.entries(before).map(([key, value]): [string, unknown] => {
    if (typeof value === 'boolean') return [key, flag(input, key) ?? value];
    if (typeof value === 'number') return [key, whole(input, key) ?? value];
    if (typeof value === 'string') return [key, text(input, key) ?? value];
    return [key, texts(input, key) ?? value];
  });
  return Object.fromEntries(changed) as unknown as ProtectionSettings;
}

/** What a request sets, without the logins that lack the right which their list is about: the forge drops those without a word. */
function settingsFor(call: Call, repository: RepositoryRow, before: ProtectionSettings): ProtectionSettings {
  const wanted = readSettings(call.input, before);
  const withRight = (logins: readonly string[], right: (user: UserRow) => boolean): string[] =>
    logins.filter((login) => {
      const user = findUser(call.world, login);
      if (user === undefined) throw invalid(`user does not exist [name: ${login}]`);
      return right(user);
    });
  const writes = (user: UserRow): boolean => reaches(accessOf(call.world, repository, user), 'write');
  const approves = (user: UserRow): boolean => maySayYes(call.world, repository, user);
  return {
    ...wanted,
    push_whitelist_usernames: withRight(wanted.push_whitelist_usernames, writes),
    merge_whitelist_usernames: withRight(wanted.merge_whitelist_usernames, writes),
    approvals_whitelist_username: withRight(wanted.approvals_whitelist_username, approves),
  };
}

const needRule = (call: Call, repository: RepositoryRow): ProtectionRow => {
  const row = findProtection(call.world, repository.id, param(call, 'name'));
  if (row === undefined) throw notFound();
  return row;
};

/** Only administrators of the repository see and change the rules; others read the gist on the branch. */
export const protectionRoutes: readonly Route[] = [
  route('repository', 'GET', '/repos/:owner/:repo/branch_protections', (call) => {
    const repository = needRepository(call, 'admin');
    return json(200, listProtections(call.world, repository.id).map(showProtection));
  }),
  route('repository', 'POST', '/repos/:owner/:repo/branch_protections', (call) => {
    const repository = needRepository(call, 'admin');
    const rule = text(call.input, 'rule_name') || needText(call.input, 'branch_name');
    if (findProtection(call.world, repository.id, rule) !== undefined) throw forbidden('Branch protection already exist');
    saveProtection(call.world, repository.id, rule, settingsFor(call, repository, noProtection));
    return json(201, showProtection(findProtection(call.world, repository.id, rule) ?? needRule(call, repository)));
  }),
  route('repository', 'GET', '/repos/:owner/:repo/branch_protections/*name', (call) =>
    json(200, showProtection(needRule(call, needRepository(call, 'admin')))),
  ),
  route('repository', 'PATCH', '/repos/:owner/:repo/branch_protections/*name', (call) => {
    const repository = needRepository(call, 'admin');
    const row = needRule(call, repository);
    saveProtection(call.world, repository.id, row.rule_name, settingsFor(call, repository, settingsOf(row)));
    return json(200, showProtection(needRule(call, repository)));
  }),
  route('repository', 'DELETE', '/repos/:owner/:repo/branch_protections/*name', (call) => {
    const repository = needRepository(call, 'admin');
    call.world.database.run('DELETE FROM protections WHERE id = ?', needRule(call, repository).id);
    return nothing();
  }),
];
