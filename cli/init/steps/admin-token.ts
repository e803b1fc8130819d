import type { TokenScope } from '#forge/admin';
import type { Check } from '#pipeline';
import type { InitContext, InitStep } from '../context.ts';
import { isAccountOurs } from './account.ts';

/** Shows that the administrator's token has the scopes that this very plan needs, before anything is changed. */
export const adminTokenStep = (): InitStep => ({
  id: 'admin-token',
  title: 'token of the administrator',
  failure: 'fatal',
  timeoutSeconds: 60,
  check: async (context) => {
    const needs = [...new Set(await neededScopes(context))];
    const have = await Promise.all(needs.map((scope) => context.admin.hasScope(scope)));
    const lacking = needs.filter((_, at) => have[at] === false);
    return lacking.length === 0 ? { state: 'present' } : tooWeak(context, needs, lacking);
  },
  apply: () => Promise.reject(new Error('the token of the administrator is made by hand')),
});

const tooWeak = ({ me, url }: InitContext, needs: readonly TokenScope[], lacking: readonly TokenScope[]): Check => ({
  state: 'impossible',
  reason: `the token of ${me.login} lacks what this plan needs: ${lacking.join(', ')}`,
  byHand: [`make a token with ${[...needs, 'read:user'].join(', ')} at ${url}/user/settings/applications, and name its file with --admin-token-file`],
});

/** Labels belong to issues; whatever else a plan does to a repository belongs to the repository. */
async function neededScopes(context: InitContext): Promise<readonly TokenScope[]> {
  const { settings } = context;
  const forAccounts = context.me.siteAdmin && (await opensAccounts(context)) ? (['write:admin'] as const) : [];
  const forRepositories = await Promise.all([settings.project.repository, settings.ops].map((name) => toCreate(context, name)));
  return ['write:repository', 'write:issue', ...forAccounts, ...forRepositories.flat()];
}

/** Whether an account is to be made, or its password to be set. */
async function opensAccounts(context: InitContext): Promise<boolean> {
  const { admin, secrets, settings } = context;
  const each = settings.accounts.map(async (account) => {
    const found = await admin.findAccount(account.login);
    if (found === null || !isAccountOurs(context, account, found)) return found === null;
    const password = secrets.read(account.passwordFile);
    return password === null || !(await admin.acceptsPassword(account.login, password));
  });
  return (await Promise.all(each)).includes(true);
}

async function toCreate({ admin, me }: InitContext, repository: string): Promise<readonly TokenScope[]> {
  if ((await admin.findRepository(repository)) !== null) return [];
  const [owner = ''] = repository.split('/');
  if (owner.toLowerCase() === me.login.toLowerCase()) return ['write:user'];
  // A token that may not look makes none there either.
  if ((await admin.isOrganisation(owner)) !== false) return ['write:organization'];
  return me.siteAdmin ? ['write:admin'] : [];
}
