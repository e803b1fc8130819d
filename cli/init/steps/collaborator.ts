import type { Check } from '#pipeline';
import type { ForgeContext, ForgeStep } from '../context.ts';

export interface Grant {
  readonly repository: string;
  readonly login: string;
  readonly permission: 'read' | 'write' | 'admin';
  /** Whether more than that is taken away: so for accounts of the factory, never for people. */
  readonly exact: boolean;
}

const rank = { none: 0, read: 1, write: 2, admin: 3, owner: 4 } as const;

/** Gives an account its right on a repository. */
export const collaboratorStep = (grant: Grant): ForgeStep => ({
  id: `collaborators/${grant.repository}/${grant.login}`,
  title: `${grant.login} ${grant.permission === 'read' ? 'reads' : grant.permission === 'write' ? 'writes' : 'administers'} ${grant.repository}`,
  failure: 'fatal',
  timeoutSeconds: 60,
  check: (context) => checkGrant(context, grant),
  apply: async ({ admin, journal }, tools) => {
    const { repository, login, permission } = grant;
    const before = (await admin.listCollaborators(repository)).find((each) => isSame(each.login, login))?.permission;
    journal.make(`collaborator ${login} of ${repository}`);
    // Should the protection turn out to hold nobody back, the right must not stay.
    if (before === undefined) tools.undo(`take the right of ${login} on ${repository} back`, () => admin.removeCollaborator(repository, login));
    await admin.setCollaborator(repository, login, permission);
    return { note: before === undefined ? permission : `${before} → ${permission}` };
  },
});

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

async function checkGrant({ admin, me }: ForgeContext, { repository, login, permission, exact }: Grant): Promise<Check> {
  const [owner = ''] = repository.split('/');
  if (isSame(owner, login)) return { state: 'present', note: 'owns it' };
  const facts = await admin.findRepository(repository);
  const all = facts === null || !facts.mayAdminister ? [] : await admin.listCollaborators(repository);
  const has = all.find((each) => isSame(each.login, login))?.permission ?? 'none';
  if (rank[has] === rank[permission] || (!exact && rank[has] > rank[permission])) return { state: 'present' };
  if (!exact && isSame(login, me.login) && facts?.mayAdminister === true) return { state: 'present', note: 'administers it' };
  if (has === 'none') return { state: 'absent', actions: [`give ${login} the right to ${permission} ${repository}`] };
  return { state: 'drifted', actions: [`${login} may ${has} ${repository}; set this to ${permission}`] };
}
