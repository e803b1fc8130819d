import { ForgeError } from '#forge';
import type { CollaboratorPermission, ForgeAdmin, RepositoryDraft } from '#forge/admin';
import { account, anything, label as labelSchema, permission, repository as repositorySchema } from './schema.ts';
import { type Site, basic, piece } from './site.ts';

type Repositories = Pick<
  ForgeAdmin,
  | 'findRepository'
  | 'createRepository'
  | 'deleteRepository'
  | 'listCollaborators'
  | 'setCollaborator'
  | 'removeCollaborator'
  | 'listLabels'
  | 'createLabel'
  | 'deleteLabel'
  | 'gitAccepts'
>;

export function createRepositories(site: Site, me: ForgeAdmin['me'], mask: (text: string) => string): Repositories {
  const findRepository: Repositories['findRepository'] = async (name) => {
    const found = await site.find(pathOf(name), repositorySchema);
    if (found === null) return null;
    const { full_name, default_branch: defaultBranch, permissions, empty, mirror, archived, description } = found;
    const units = { issues: found.has_issues && found.external_tracker == null, pullRequests: found.has_pull_requests };
    return {
      name: full_name,
      empty,
      private: found.private,
      mirror,
      archived,
      defaultBranch,
      description,
      ...units,
      mayAdminister: permissions?.admin ?? false,
    };
  };
  return {
    findRepository,
    createRepository: async (draft) => {
      await site.write('POST', await placeFor(site, me, draft), wireOf(draft, mask), anything);
    },
    deleteRepository: (name) => site.remove(pathOf(name)),
    ...createCollaborators(site),
    ...createLabels(site, mask),
    gitAccepts: async (name, login, secret) => {
      const path = `/${name.split('/').map(piece).join('/')}.git/info/refs?service=git-receive-pack`;
      const answer = await site.get(path, { authorization: basic(login, secret), expected: [401, 403, 404] });
      if (answer.status < 300) return true;
      // A forge refuses alike what may not be done and what is not there.
      if ((await findRepository(name)) === null) throw new ForgeError('not-found', `there is no repository ${name}`, { status: 404 });
      return false;
    },
  };
}

const pathOf = (name: string): string => `repos/${name.split('/').map(piece).join('/')}`;

/** Where a repository of this owner is created: for oneself, in an organisation, or for somebody else by a site administrator. */
async function placeFor(site: Site, me: ForgeAdmin['me'], { name }: RepositoryDraft): Promise<string> {
  const owner = name.split('/')[0] ?? '';
  if ((await me()).login.toLowerCase() === owner.toLowerCase()) return 'user/repos';
  // A token may lack the scope to look at organisations; the last way then says what is missing.
  const { status } = await site.send('GET', `orgs/${piece(owner)}`, null, { expected: [403, 404] });
  return status < 300 ? `orgs/${piece(owner)}/repos` : `admin/users/${piece(owner)}/repos`;
}

const wireOf = (draft: RepositoryDraft, mask: (text: string) => string): Readonly<Record<string, unknown>> => ({
  name: draft.name.split('/')[1] ?? '',
  description: mask(draft.description),
  private: draft.private,
  default_branch: draft.defaultBranch,
  auto_init: draft.initialise,
});

const permissions: readonly CollaboratorPermission[] = ['owner', 'admin', 'write', 'read', 'none'];

function createCollaborators(site: Site): Pick<Repositories, 'listCollaborators' | 'setCollaborator' | 'removeCollaborator'> {
  const permissionOf = async (name: string, login: string): Promise<CollaboratorPermission> => {
    const found = await site.repository(name).read(`collaborators/${piece(login)}/permission`, permission);
    const known = permissions.find((each) => each === found.permission);
    if (known !== undefined) return known;
    throw new ForgeError('malformed', `permission of ${login} in ${name}: unknown value ${JSON.stringify(found.permission)}`);
  };
  return {
    listCollaborators: async (name) => {
      const all = await site.repository(name).list('collaborators', account, { counting: 'exact', idOf: (each) => each.id });
      return Promise.all(all.map(async ({ login }) => ({ login, permission: await permissionOf(name, login) })));
    },
    setCollaborator: async (name, login, wanted) => {
      await site.repository(name).send('PUT', `collaborators/${piece(login)}`, { permission: wanted });
    },
    removeCollaborator: async (name, login) => {
      // Gitea refuses to remove an account that does not exist; one that is no collaborator is fine.
      await site.repository(name).send('DELETE', `collaborators/${piece(login)}`, null, [422]);
    },
  };
}

function createLabels(site: Site, mask: (text: string) => string): Pick<Repositories, 'listLabels' | 'createLabel' | 'deleteLabel'> {
  return {
    listLabels: async (name) => {
      const all = await site.repository(name).list('labels', labelSchema, { counting: 'exact', idOf: (each) => each.id });
      return all.map(({ id, color, description, ...each }) => ({ id, name: each.name, colour: plainColour(color), description }));
    },
    createLabel: async (name, { colour, description, ...label }) => {
      const draft = { name: label.name, color: `#${plainColour(colour)}`, description: mask(description) };
      await site.repository(name).write('POST', 'labels', draft, labelSchema);
    },
    deleteLabel: (name, id) => site.removeBelow(name, `labels/${id}`),
  };
}

/** Six hex digits. */
const plainColour = (colour: string): string => colour.replace(/^#/, '').toLowerCase();
