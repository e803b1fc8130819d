import type { ForgeContext, ForgeStep } from '../context.ts';
import type { FactoryAccount } from '../settings.ts';

/** Finds out whether git takes the account's token, or wants its password; one of the two must do. */
export const gitAccessStep = (repository: string, account: FactoryAccount): ForgeStep => ({
  id: `git/${account.login}/${repository}`,
  title: `git of ${account.login} on ${repository}`,
  failure: 'fatal',
  timeoutSeconds: 60,
  check: async (context) => {
    const known = (await context.admin.findRepository(repository)) !== null;
    const by = known ? await acceptedBy(context, repository, account) : null;
    return by === null
      ? { state: 'absent', actions: [`see that git takes the token of ${account.login}, or its password`] }
      : { state: 'present', note: `by ${by}` };
  },
  apply: async (context) => {
    const by = await acceptedBy(context, repository, account);
    if (by !== null) return { note: `by ${by}` };
    throw new Error(
      `git takes neither token nor password of ${account.login} for ${repository}; see that the forge serves git over HTTP (DISABLE_HTTP_GIT) and that the account is active`,
    );
  },
});

/** What git takes from the account; null: neither, or there is no such account yet. */
export async function acceptedBy(
  { admin, secrets }: Pick<ForgeContext, 'admin' | 'secrets'>,
  repository: string,
  { login, tokenFile, passwordFile }: FactoryAccount,
): Promise<'token' | 'password' | null> {
  const [token, password] = [secrets.read(tokenFile), secrets.read(passwordFile)];
  if (token !== null && (await admin.gitAccepts(repository, login, token))) return 'token';
  return password !== null && (await admin.gitAccepts(repository, login, password)) ? 'password' : null;
}
