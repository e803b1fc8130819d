import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Account } from '#forge/admin';
import type { Check } from '#pipeline';
import { type ForgeContext, type ForgeStep, type InitContext, type InitStep, shown } from '../context.ts';
import { instanceOfMark } from '../rights.ts';
import type { FactoryAccount } from '../settings.ts';

/** Brings about the account of an agent: ours by its mark, or made by hand and opened by a secret that lies ready. */
export const accountStep = (account: FactoryAccount): ForgeStep => ({
  id: `accounts/${account.login}`,
  title: `account ${account.login}`,
  failure: 'fatal',
  timeoutSeconds: 60,
  check: (context) => checkAccount(context, account),
  apply: async (context) => {
    const { admin, journal, secrets } = context;
    const found = await admin.findAccount(account.login);
    if (secrets.isOpen(account.passwordFile)) secrets.close(account.passwordFile);
    if (found !== null && (await isOpened(context, account, isAccountOurs(context, account, found))))
      return { note: `${shown(context, account.passwordFile)} closed to others` };
    const password = readyPassword(context, account);
    journal.make(accountKey(account.login));
    if (found === null) {
      await admin.createAccount({
        login: account.login,
        password,
        email: `${account.login}@noreply.localhost`,
        fullName: account.mark,
        restricted: account.restricted,
      });
      return { note: 'created' };
    }
    await admin.setPassword(account.login, password);
    return { note: `password set to that of ${shown(context, account.passwordFile)}` };
  },
});

/** Secrets in `secrets/` that no other step looks after (of an embedded forge's administrator, of agents that were fired) are closed to others. */
export const otherSecretsStep = (): InitStep => ({
  id: 'secrets/others',
  title: 'secrets that lie in secrets/',
  failure: 'fatal',
  timeoutSeconds: 10,
  check: (context) => {
    const actions = openSecrets(context).map((path) => `close ${shown(context, path)} to others (mode 0600)`);
    return Promise.resolve(actions.length === 0 ? { state: 'present' } : { state: 'drifted', actions });
  },
  apply: (context) => {
    for (const path of openSecrets(context)) context.secrets.close(path);
    return Promise.resolve({ note: 'closed to others' });
  },
});

function openSecrets({ settings, secrets }: InitContext): readonly string[] {
  const folder = resolve(dirname(settings.file), 'secrets');
  const known = new Set([settings.secretFile, ...settings.accounts.flatMap(({ tokenFile, passwordFile }) => [tokenFile, passwordFile])]);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.(?:token|password|secret)$/.test(name)) : [];
  return names.map((name) => join(folder, name)).filter((path) => !known.has(path) && secrets.isOpen(path));
}

/** The key of an account in the journal. */
export const accountKey = (login: string): string => `account ${login}`;

/** The password lies in its file before the account opens to it; a present one is kept. */
function readyPassword({ secrets, chance }: ForgeContext, { passwordFile }: FactoryAccount): string {
  const present = secrets.read(passwordFile);
  if (present !== null) return present;
  const password = chance.secret(24);
  secrets.write(passwordFile, password);
  return password;
}

async function checkAccount(context: ForgeContext, account: FactoryAccount): Promise<Check> {
  const found = await context.admin.findAccount(account.login);
  if (found === null) return checkMissing(context, account);
  if (await isOpened(context, account, isAccountOurs(context, account, found))) {
    if (context.secrets.isOpen(account.passwordFile))
      return { state: 'drifted', actions: [`close ${shown(context, account.passwordFile)} to others (mode 0600)`] };
    return { state: 'present', ...(found.fullName === account.mark ? {} : { note: 'made by hand; a secret of ours opens it' }) };
  }
  return isAccountOurs(context, account, found) ? checkLocked(context, account) : foreign(context, account, found);
}

function checkMissing(context: ForgeContext, account: FactoryAccount): Check {
  if (context.me.siteAdmin) {
    return {
      state: 'absent',
      actions: [
        `create account ${account.login} ("${account.mark}"), its password in ${shown(context, account.passwordFile)}${account.restricted ? '; it sees only what it is given' : ''}`,
      ],
    };
  }
  return {
    state: 'impossible',
    reason: `there is no account ${account.login}, and ${context.me.login} is no site admin, who alone can make it`,
    byHand: [`create the account ${account.login} (full name: ${account.mark})`, ...secretsByHand(context, account)],
  };
}

const secretsByHand = (context: ForgeContext, { login, rights, passwordFile, tokenFile }: FactoryAccount): readonly string[] => [
  `put its password into ${shown(context, passwordFile)}, or a token of it with the scopes ${rights.scopes.join(', ')} into ${shown(context, tokenFile)} (chmod 600); ${login} is then used as it is`,
];

async function isOpened({ admin, secrets }: ForgeContext, { login, tokenFile, passwordFile }: FactoryAccount, ours: boolean): Promise<boolean> {
  const password = secrets.read(passwordFile);
  if (password !== null && (await admin.acceptsPassword(login, password))) return true;
  // An account that we made has a password that we know; one made by hand may come with a token alone.
  if (ours && password !== null) return false;
  const token = secrets.read(tokenFile);
  return token !== null && (await admin.tokenOwner(token))?.toLowerCase() === login.toLowerCase();
}

/** Its mark is ours, and this folder knows that it made the account: an instance of the same name in another folder has its own secrets. */
export const isAccountOurs = ({ journal }: ForgeContext, account: FactoryAccount, found: Account): boolean =>
  journal.made(accountKey(account.login)) && found.fullName === account.mark;

/** Ours, but no secret opens it: the file was lost, or a kill came between. */
function checkLocked(context: ForgeContext, account: FactoryAccount): Check {
  const file = shown(context, account.passwordFile);
  if (context.me.siteAdmin)
    return { state: 'drifted', actions: [`set the password of ${account.login}, which is ours and which nothing in secrets/ opens; it is in ${file}`] };
  return {
    state: 'impossible',
    reason: `${account.login} is ours, but nothing in secrets/ opens it, and ${context.me.login} is no site admin, who could set its password`,
    byHand: secretsByHand(context, account),
  };
}

function foreign(context: ForgeContext, account: FactoryAccount, found: Account): Check {
  const other = instanceOfMark(found.fullName);
  const twin = found.fullName === account.mark;
  const whose = other === null ? 'not made by disinto' : twin ? `${found.fullName}, but this folder did not make it on this forge` : found.fullName;
  return {
    state: 'impossible',
    reason: `the account ${account.login} exists and is somebody else's (${whose}); it is never touched`,
    byHand: [
      `choose another login: init --logins ${account.agent}=LOGIN, hire --login LOGIN`,
      `or, if it is meant for this: ${secretsByHand(context, account)[0] ?? ''}`,
    ],
  };
}
