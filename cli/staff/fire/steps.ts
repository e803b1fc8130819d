import { existsSync, rmSync } from 'node:fs';
import type { AccountToken, ProtectionRule, SignIn } from '#forge/admin';
import type { Check } from '#pipeline';
import { isSameName } from '#domain/text/same';
import { shown } from '../../init/context.ts';
import { instanceOfMark, tokenName } from '../../init/rights.ts';
import { accountKey } from '../../init/steps/account.ts';
import { grantKey, raisedFrom, raiseKey } from '../../init/steps/collaborator.ts';
import { isRuleOurs } from '../../init/steps/rule-in-effect.ts';
import type { FactoryAccount } from '../../init/settings.ts';
import type { StaffContext } from '../hand.ts';
import type { StaffStep } from '../steps.ts';

/**
 * Whether this installation made the account: then everything about it is ours to take back. The mark alone is not enough, another
 * folder may be an instance of the same name; its journal or a secret that opens the account is.
 */
async function isMadeHere({ admin, settings, journal, secrets }: StaffContext, { login, passwordFile }: FactoryAccount): Promise<boolean> {
  const account = await admin.findAccount(login);
  if (account === null || instanceOfMark(account.fullName) !== settings.config.instance.name) return false;
  if (journal.made(accountKey(login))) return true;
  const password = secrets.read(passwordFile);
  return password !== null && (await admin.acceptsPassword(login, password));
}

/** Takes the account's right on a repository back: altogether, or to what somebody else had given it before. */
export const leaveStep = (repository: string, account: FactoryAccount): StaffStep => ({
  id: `collaborators/${repository}/${account.login}`,
  title: `${account.login} on ${repository}`,
  failure: 'degradable',
  timeoutSeconds: 60,
  check: async (context): Promise<Check> => {
    const right = await rightOn(context, repository, account.login);
    if (right === null) return { state: 'present' };
    const before = raisedFrom(context.journal, repository, account.login);
    if (before !== null) return { state: 'drifted', actions: [`set the right of ${account.login} on ${repository} back to ${before}`] };
    if (context.journal.made(grantKey(repository, account.login)) || (await isMadeHere(context, account))) {
      return { state: 'drifted', actions: [`take the right of ${account.login} to ${right} ${repository}`] };
    }
    return {
      state: 'skipped',
      reason: `${account.login} may ${right} ${repository}, which this instance did not give; take it there by hand, if it is not a person's`,
    };
  },
  apply: async ({ admin, journal }) => {
    const { login } = account;
    const before = raisedFrom(journal, repository, login);
    if (before === null) {
      await admin.removeCollaborator(repository, login);
      journal.forget(grantKey(repository, login));
      return { note: 'no collaborator any more' };
    }
    await admin.setCollaborator(repository, login, before);
    journal.forget(raiseKey(repository, login, before));
    return { note: `${before}, as before` };
  },
});

async function rightOn({ admin }: StaffContext, repository: string, login: string): Promise<string | null> {
  if ((await admin.findRepository(repository)) === null) return null;
  return (await admin.listCollaborators(repository)).find((each) => isSameName(each.login, login))?.permission ?? null;
}

/** Takes the account off the lists of a protection that this instance made. `wanted`: as it would be made with the account. */
export const unlistStep = (repository: string, account: FactoryAccount, wanted: ProtectionRule): StaffStep => ({
  id: `protection/${repository}`,
  title: `protection of ${wanted.name} in ${repository}`,
  failure: 'degradable',
  timeoutSeconds: 60,
  check: async (context): Promise<Check> => {
    const rule = await ruleNaming(context, repository, wanted.name, account.login);
    if (rule === null) return { state: 'present' };
    const lists = listsWith(rule, account.login).join(' and ');
    if ((await isRuleOurs(context, repository, wanted.name)) || isEqual(rule, wanted)) {
      return { state: 'drifted', actions: [`take ${account.login} off the ${lists} of ${rule.name} in ${repository}`] };
    }
    return {
      state: 'skipped',
      reason: `${account.login} stands on the ${lists} of ${rule.name} in ${repository}, a rule that this instance did not make; take it off there by hand`,
    };
  },
  apply: async (context) => {
    const rule = await ruleNaming(context, repository, wanted.name, account.login);
    if (rule !== null) await context.admin.editProtection(repository, rule.name, without(rule, account.login));
    const after = await ruleNaming(context, repository, wanted.name, account.login);
    if (after !== null) throw new Error(`the forge still shows ${account.login} on the lists of ${wanted.name} in ${repository}`);
    return { note: `${account.login} taken off, read back` };
  },
});

async function ruleNaming({ admin }: StaffContext, repository: string, name: string, login: string): Promise<ProtectionRule | null> {
  if ((await admin.findRepository(repository)) === null) return null;
  const rule = (await admin.listProtections(repository)).find((each) => each.name === name);
  return rule !== undefined && listsWith(rule, login).length > 0 ? rule : null;
}

type List = ProtectionRule['push'] | ProtectionRule['merge'];

const names = (list: List): readonly string[] => (typeof list === 'object' ? list.only : []);
const drop = <T extends List>(list: T, login: string): T | { readonly only: readonly string[] } =>
  typeof list === 'object' ? { only: list.only.filter((name) => !isSameName(name, login)) } : list;

function listsWith({ push, merge, approvals }: ProtectionRule, login: string): readonly string[] {
  const has = (list: List): boolean => names(list).some((name) => isSameName(name, login));
  return [
    ...(has(push) ? ['list of who pushes'] : []),
    ...(has(merge) ? ['list of who merges'] : []),
    ...(has(approvals.by) ? ['list of whose approvals count'] : []),
  ];
}

function without({ push, merge, approvals }: ProtectionRule, login: string): Partial<Omit<ProtectionRule, 'name'>> {
  return { push: drop(push, login), merge: drop(merge, login), approvals: { ...approvals, by: drop(approvals.by, login) } };
}

/** Rules of the same meaning, whatever the order of their lists. */
function isEqual(a: ProtectionRule, b: ProtectionRule): boolean {
  const list = (one: List): unknown => (typeof one === 'object' ? one.only.map((name) => name.toLowerCase()).toSorted() : one);
  const plain = ({ push, merge, approvals, dismissStaleApprovals, blockOnRejectedReviews, protectedFiles, unprotectedFiles }: ProtectionRule): string =>
    JSON.stringify([
      list(push),
      list(merge),
      approvals.required,
      list(approvals.by),
      dismissStaleApprovals,
      blockOnRejectedReviews,
      protectedFiles,
      unprotectedFiles,
    ]);
  return plain(a) === plain(b);
}

/** Makes the tokens of the account worthless: all of them when we made the account, else the one that we made. */
export const revokeStep = (account: FactoryAccount): StaffStep => ({
  id: `tokens/${account.agent}`,
  title: `tokens of ${account.login}`,
  failure: 'degradable',
  timeoutSeconds: 60,
  check: (context) => checkRevoked(context, account),
  apply: async (context) => {
    const { admin, secrets } = context;
    const signIn = await signInFor(context, account);
    const tokens = signIn === null ? [] : await tokensToRevoke(context, account, signIn);
    for (const { name } of tokens) if (signIn !== null) await admin.deleteToken(signIn, name);
    const token = secrets.read(account.tokenFile);
    if (token !== null && (await admin.tokenOwner(token)) !== null) throw new Error(`the forge still takes the token in ${shown(context, account.tokenFile)}`);
    rmSync(account.tokenFile, { force: true });
    return { note: tokens.length === 0 ? 'there was none' : `${tokens.map(({ name }) => name).join(', ')} revoked` };
  },
});

async function checkRevoked(context: StaffContext, account: FactoryAccount): Promise<Check> {
  const { admin, secrets, me } = context;
  const { login, tokenFile, passwordFile } = account;
  const file = shown(context, tokenFile);
  const isFileThere = existsSync(tokenFile);
  if ((await admin.findAccount(login)) === null) return isFileThere ? { state: 'drifted', actions: [`remove ${file}`] } : { state: 'present' };
  const password = secrets.read(passwordFile);
  const signIn = password !== null && (await admin.acceptsPassword(login, password)) ? { login, password } : null;
  if (signIn === null && !isFileThere) return { state: 'present', note: 'no secret of ours opens the account' };
  if (signIn === null && !((await isMadeHere(context, account)) && me.siteAdmin)) {
    const token = secrets.read(tokenFile);
    if (token === null || (await admin.tokenOwner(token)) === null) return { state: 'drifted', actions: [`remove ${file}, which the forge refuses`] };
    return {
      state: 'impossible',
      reason: `nothing in secrets/ signs in as ${login}`,
      byHand: [`sign in as ${login}, delete the token that ${file} holds, and remove the file`],
    };
  }
  const tokens = signIn === null ? [] : await tokensToRevoke(context, account, signIn);
  if (tokens.length === 0 && !isFileThere) return { state: 'present' };
  const revoke =
    signIn === null ? `set the password of ${login}, and revoke its tokens` : `revoke ${tokens.map(({ name }) => name).join(', ') || 'no token'} of ${login}`;
  return { state: 'drifted', actions: [isFileThere ? `${revoke}, and remove ${file}` : revoke] };
}

/** The account's password; a lost one of an account of ours is set anew, and lies in its file before. */
async function signInFor(context: StaffContext, account: FactoryAccount): Promise<SignIn | null> {
  const { admin, secrets, chance } = context;
  const { login, passwordFile } = account;
  if ((await admin.findAccount(login)) === null) return null;
  const present = secrets.read(passwordFile);
  if (present !== null && (await admin.acceptsPassword(login, present))) return { login, password: present };
  if (!(await isMadeHere(context, account))) return null;
  const password = present ?? chance.secret(24);
  secrets.write(passwordFile, password);
  await admin.setPassword(login, password);
  return { login, password };
}

async function tokensToRevoke(context: StaffContext, account: FactoryAccount, signIn: SignIn): Promise<readonly AccountToken[]> {
  const tokens = await context.admin.listTokens(signIn);
  if (await isMadeHere(context, account)) return tokens;
  return tokens.filter(({ name }) => name === tokenName(context.settings.config.instance.name));
}
