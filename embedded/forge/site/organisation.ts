import { needText, text } from '../fields.ts';
import { forbidden, notFound } from '../refused.ts';
import { json, needCaller, param, route, type Call, type Route } from '../route.ts';
import type { Json } from '../shape/shape.ts';
import { findUser, insertUser, ownsOrganisation, type UserRow } from '../store/user.ts';
import { createFor } from '../api/repository.ts';

const show = (organisation: UserRow): Json => ({
  id: organisation.id,
  name: organisation.login,
  username: organisation.login,
  full_name: organisation.full_name,
  email: organisation.email,
  avatar_url: '',
  description: '',
  website: '',
  location: '',
  visibility: 'public',
  repo_admin_change_team_access: false,
});

function needOrganisation(call: Call): UserRow {
  const found = findUser(call.world, param(call, 'org'));
  if (found?.organisation !== 1) throw notFound(`organization does not exist [name: ${param(call, 'org')}]`);
  return found;
}

/** Organisations own repositories; whoever made one is its owner. There are no teams. */
export const organisationRoutes: readonly Route[] = [
  route('organization', 'GET', '/orgs/:org', (call) => json(200, show(needOrganisation(call)))),
  route('organization', 'POST', '/orgs', (call) => {
    const owner = needCaller(call);
    const login = needText(call.input, 'username');
    const made = call.world.database.transaction(() => {
      const row = insertUser(call.world, { login, email: '', fullName: text(call.input, 'full_name') ?? '', password: null, admin: false, organisation: true });
      call.world.database.run('INSERT INTO organisation_owners (organisation_id, user_id) VALUES (?, ?)', row.id, owner.id);
      return row;
    });
    return json(201, show(made));
  }),
  route('organization', 'POST', '/orgs/:org/repos', (call) => {
    const caller = needCaller(call);
    const organisation = needOrganisation(call);
    if (caller.admin !== 1 && !ownsOrganisation(call.world, organisation.id, caller.id))
      throw forbidden('Given user is not allowed to create repository in organization');
    return createFor(call, organisation);
  }),
];
