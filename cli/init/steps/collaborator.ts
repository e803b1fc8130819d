import type { Check } from '#pipeline';
import { isSameName } from '#domain/text/same';
import type { ForgeContext, ForgeStep } from '../context.ts';
import type { Journal } from '../journal.ts';
import { instanceOfMark } from '../rights.ts';
import { accountKey } from './account.ts';

export interface Grant {
  readonly repository: string;
  readonly login: string;
  readonly permission: 'read' | 'write' | 'admin';
  /** Whether there must not be more than that: so for accounts of the factory, never for people. What somebody else gave is not taken away. */
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
    const before = (await admin.listCollaborators(repository)).find((each) => isSameName(each.login, login))?.permission;
    // A right from before is not ours to take away some day.
    if (before === undefined || (await isRightOurs({ admin, journal }, grant))) journal.make(grantKey(repository, login));
    else if (isRight(before) && raisedFrom(journal, repository, login) === null) journal.make(raiseKey(repository, login, before));
    // Should the protection turn out to hold nobody back, the right must not stay.
    if (before === undefined) tools.undo(`take the right of ${login} on ${repository} back`, () => admin.removeCollaborator(repository, login));
    await admin.setCollaborator(repository, login, permission);
    return { note: before === undefined ? permission : `${before} → ${permission}` };
  },
});

/** The key of a right in the journal. */
export const grantKey = (repository: string, login: string): string => `collaborator ${login} of ${repository}`;

const rights = ['read', 'write', 'admin'] as const;
type Right = (typeof rights)[number];
const isRight = (word: string): word is Right => (rights as readonly string[]).includes(word);

/** The key of a right that somebody else had given, and that this instance raised. */
export const raiseKey = (repository: string, login: string, from: Right): string => `collaborator ${login} of ${repository}, who had ${from}`;

/** The right that the account had before this instance raised it, or null. */
export const raisedFrom = (journal: Pick<Journal, 'made'>, repository: string, login: string): Right | null =>
  rights.find((from) => journal.made(raiseKey(repository, login, from))) ?? null;

/** Whether the account, or the right that it has now, was made by this instance or bears our mark. */
async function isRightOurs({ admin, journal }: Pick<ForgeContext, 'admin' | 'journal'>, { repository, login }: Grant): Promise<boolean> {
  if (journal.made(grantKey(repository, login)) || journal.made(accountKey(login))) return true;
  return instanceOfMark((await admin.findAccount(login))?.fullName ?? '') !== null;
}

async function checkGrant(context: ForgeContext, grant: Grant): Promise<Check> {
  const { admin, me } = context;
  const { repository, login, permission, exact } = grant;
  const [owner = ''] = repository.split('/');
  if (isSameName(owner, login)) return { state: 'present', note: 'owns it' };
  const facts = await admin.findRepository(repository);
  const all = facts === null || !facts.mayAdminister ? [] : await admin.listCollaborators(repository);
  const has = all.find((each) => isSameName(each.login, login))?.permission ?? 'none';
  if (rank[has] === rank[permission] || (!exact && rank[has] > rank[permission])) return { state: 'present' };
  // A site admin administers everything, but a protection names only who has a right of its own there.
  if (!exact && !me.siteAdmin && isSameName(login, me.login) && facts?.mayAdminister === true) return { state: 'present', note: 'administers it' };
  if (has === 'none') return { state: 'absent', actions: [`give ${login} the right to ${permission} ${repository}`] };
  if (rank[has] > rank[permission] && !(await isRightOurs(context, grant))) {
    return {
      state: 'impossible',
      reason: `${login} may ${has} ${repository}, which somebody else gave; as an account of the factory it may ${permission} it and no more`,
      byHand: [`set the right of ${login} on ${repository} to ${permission}, or take an account of its own for the agent`],
    };
  }
  return { state: 'drifted', actions: [`${login} may ${has} ${repository}; set this to ${permission}`] };
}
