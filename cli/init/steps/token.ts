import { ForgeError } from '#forge';
import type { TokenScope } from '#forge/admin';
import type { Check } from '#pipeline';
import { type ForgeContext, type ForgeStep, shown } from '../context.ts';
import { tokenName } from '../rights.ts';
import type { FactoryAccount } from '../settings.ts';
import { isAccountOurs } from './account.ts';

/** Brings about a token of the account in its file, with the least scopes. One that has them is never replaced. */
export const tokenStep = (account: FactoryAccount): ForgeStep => ({
  id: `tokens/${account.agent}`,
  title: `token of ${account.login}`,
  failure: 'fatal',
  timeoutSeconds: 60,
  check: (context) => checkToken(context, account),
  apply: async (context) => {
    const { admin, secrets, journal, settings } = context;
    const { login, tokenFile, rights } = account;
    if (await tokenWorks(context, account)) {
      secrets.close(tokenFile);
      return { note: `${shown(context, tokenFile)} closed to others` };
    }
    const password = secrets.read(account.passwordFile);
    if (password === null) throw new Error(`${shown(context, account.passwordFile)} is gone, and nobody else can make a token for ${login}`);
    const name = tokenName(settings.config.instance.name);
    journal.make(`token ${name} of ${login}`);
    // Its value was shown once: one whose value never reached the file opens nothing for us.
    await admin.deleteToken({ login, password }, name);
    secrets.write(tokenFile, await admin.createToken({ login, password }, { name, scopes: rights.scopes }));
    return { note: `${name} → ${shown(context, tokenFile)}` };
  },
});

/** What the token in the file is worth: `owner` of a strange one, `lacks` of one that may do too little. */
type Worth =
  | { readonly is: 'missing' | 'refused' | 'good' }
  | { readonly is: 'strange'; readonly owner: string }
  | { readonly is: 'weak'; readonly lacks: string };

async function worthOf({ admin, secrets }: Pick<ForgeContext, 'admin' | 'secrets'>, { tokenFile, login, rights }: FactoryAccount): Promise<Worth> {
  const token = secrets.read(tokenFile);
  if (token === null) return { is: 'missing' };
  const owner = await ownerOf(admin, token);
  if (owner === 'untold') return { is: 'weak', lacks: 'read:user' };
  if (owner === null) return { is: 'refused' };
  if (owner.login.toLowerCase() !== login.toLowerCase()) return { is: 'strange', owner: owner.login };
  const writes = rights.scopes.filter((scope): scope is TokenScope => scope.startsWith('write:'));
  const has = await Promise.all(writes.map((scope) => admin.hasScope(scope, token)));
  const lacks = writes.filter((_, at) => has[at] === false);
  return lacks.length === 0 ? { is: 'good' } : { is: 'weak', lacks: lacks.join(', ') };
}

/** `untold`: it is a token, but may not even say whose. */
async function ownerOf(admin: ForgeContext['admin'], token: string): Promise<{ readonly login: string } | 'untold' | null> {
  try {
    const login = await admin.tokenOwner(token);
    return login === null ? null : { login };
  } catch (error) {
    if (error instanceof ForgeError && error.kind === 'forbidden') return 'untold';
    throw error;
  }
}

/** Whether the file holds a token of the account with all its scopes. */
export const tokenWorks = async (context: Pick<ForgeContext, 'admin' | 'secrets'>, account: FactoryAccount): Promise<boolean> =>
  (await worthOf(context, account)).is === 'good';

async function checkToken(context: ForgeContext, account: FactoryAccount): Promise<Check> {
  const { secrets, settings } = context;
  const { login, tokenFile, rights } = account;
  const file = shown(context, tokenFile);
  const worth = await worthOf(context, account);
  if (worth.is === 'good') return secrets.isOpen(tokenFile) ? { state: 'drifted', actions: [`close ${file} to others (mode 0600)`] } : { state: 'present' };
  if (worth.is === 'strange') {
    return {
      state: 'impossible',
      reason: `${file} holds a token of ${worth.owner}, not of ${login}`,
      byHand: [`move ${file} away, or set agents.${account.agent}.identity to ${worth.owner}`],
    };
  }
  const why = worth.is === 'weak' ? `as the present one lacks ${worth.lacks},` : 'as the forge refuses the present one,';
  if (await opens(context, account, worth)) {
    const token = `token ${tokenName(settings.config.instance.name)} of ${login} (${rights.scopes.join(', ')}) → ${file}`;
    return worth.is === 'missing' ? { state: 'absent', actions: [`make ${token}`] } : { state: 'drifted', actions: [`replace, ${why} ${token}`] };
  }
  return unopened(context, account, worth);
}

/** Whether the account opens to us by the time the token is made. */
async function opens(context: ForgeContext, account: FactoryAccount, worth: Worth): Promise<boolean> {
  const { admin, secrets, me } = context;
  const found = await admin.findAccount(account.login);
  if (found === null) return me.siteAdmin;
  const password = secrets.read(account.passwordFile);
  if (password !== null && (await admin.acceptsPassword(account.login, password))) return true;
  // With a weak token alone it counts as opened, and gets no new password.
  return me.siteAdmin && isAccountOurs(context, account, found) && (worth.is !== 'weak' || password !== null);
}

function unopened(context: ForgeContext, account: FactoryAccount, worth: Worth): Check {
  const { login, tokenFile, passwordFile, rights } = account;
  const file = shown(context, tokenFile);
  // Nothing opens the account then, which its own step says, with what to do.
  if (worth.is !== 'weak') return { state: 'skipped', reason: `no token of ${login} is made before its account is there for us (below)` };
  return {
    state: 'impossible',
    reason: `the token of ${login} in ${file} lacks ${worth.lacks}, and no password in ${shown(context, passwordFile)} is there to make another with`,
    byHand: [`sign in as ${login}, make a token with the scopes ${rights.scopes.join(', ')}, put it into ${file} and run: chmod 600 ${file}`],
  };
}
