import type { Check } from '#pipeline';
import { type ForgeContext, type ForgeStep, shown } from '../context.ts';
import { tokenName } from '../rights.ts';
import type { FactoryAccount } from '../settings.ts';

/** Brings about a token of the account in its file, with the least scopes. One that works is never replaced. */
export const tokenStep = (account: FactoryAccount): ForgeStep => ({
  id: `tokens/${account.agent}`,
  title: `token of ${account.login}`,
  failure: 'fatal',
  timeoutSeconds: 60,
  check: (context) => checkToken(context, account),
  apply: async (context) => {
    const { admin, secrets, journal, settings } = context;
    const { login, tokenFile, rights } = account;
    if (await works(context, account)) {
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

const isLogin = (found: string | null, login: string): boolean => found?.toLowerCase() === login.toLowerCase();

async function works({ admin, secrets }: ForgeContext, { tokenFile, login }: FactoryAccount): Promise<boolean> {
  const token = secrets.read(tokenFile);
  return token !== null && isLogin(await admin.tokenOwner(token), login);
}

async function checkToken(context: ForgeContext, account: FactoryAccount): Promise<Check> {
  const { admin, secrets, settings, me } = context;
  const { login, tokenFile, passwordFile, rights } = account;
  const file = shown(context, tokenFile);
  const token = secrets.read(tokenFile);
  const owner = token === null ? null : await admin.tokenOwner(token);
  if (isLogin(owner, login)) return secrets.isOpen(tokenFile) ? { state: 'drifted', actions: [`close ${file} to others (mode 0600)`] } : { state: 'present' };
  if (owner !== null) {
    return {
      state: 'impossible',
      reason: `${file} holds a token of ${owner}, not of ${login}`,
      byHand: [`move ${file} away, or set agents.${account.agent}.identity to ${owner}`],
    };
  }
  const name = tokenName(settings.config.instance.name);
  const password = secrets.read(passwordFile);
  const exists = (await admin.findAccount(login)) !== null;
  const comesWithAccount = !exists || me.siteAdmin;
  if (comesWithAccount || (password !== null && (await admin.acceptsPassword(login, password)))) {
    const what = token === null ? 'make' : 'replace, as the forge refuses the present one,';
    return { state: token === null ? 'absent' : 'drifted', actions: [`${what} token ${name} of ${login} (${rights.scopes.join(', ')}) → ${file}`] };
  }
  return {
    state: 'impossible',
    reason: `there is no token of ${login} in ${file}, and no password in ${shown(context, passwordFile)} to make one with`,
    byHand: [`sign in as ${login}, make a token with the scopes ${rights.scopes.join(', ')}, put it into ${file} and run: chmod 600 ${file}`],
  };
}
