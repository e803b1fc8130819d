import { ForgeError } from '#forge';
import type { ProtectionRule } from '#forge/admin';
import type { Check } from '#pipeline';
import type { ForgeContext, ForgeStep } from '../context.ts';
import { judgeProtection, type Lack } from '../protection.ts';
import { forgetIdentity, identify, protectionKey, type RuleInEffect, ruleInEffect } from './rule-in-effect.ts';

/** Protects a branch. A rule that somebody else made is left alone; what it lacks is said, and pushes that must fail are tried anyway. */
export const protectionStep = (repository: string, wanted: ProtectionRule): ForgeStep => ({
  id: `protection/${repository}`,
  title: `protection of ${wanted.name} in ${repository}`,
  failure: 'fatal',
  timeoutSeconds: 60,
  check: (context) => checkProtection(context, repository, wanted),
  apply: async (context) => {
    const found = await lookAt(context, repository, wanted);
    await settleReaders(context, repository, wanted);
    if (found === null) await makeRule(context, repository, wanted);
    else if (found.lacks.length > 0) await context.admin.editProtection(repository, wanted.name, Object.assign({}, ...found.lacks.map(({ change }) => change)));
    await identify(context, repository, wanted.name);
    const after = await lookAt(context, repository, wanted);
    if (after === null) throw new Error(`the forge took the protection of ${wanted.name} in ${repository}, and does not apply it`);
    const { rule } = after.inEffect.standing;
    if (!after.inEffect.ours) throw new Error(`the forge applies the rule ${rule.name} to ${wanted.name} of ${repository}, not ours: put ours before it`);
    if (after.lacks.length > 0) throw new Error(`the protection of ${wanted.name} in ${repository} reads back with gaps: ${sayLacks(after.lacks)}`);
    return { note: `${sayDone(found)}, read back` };
  },
});

const sayDone = (found: Found | null): string => (found === null ? 'created' : found.lacks.length > 0 ? 'mended' : 'noted');

async function makeRule(context: ForgeContext, repository: string, wanted: ProtectionRule): Promise<void> {
  context.journal.make(protectionKey(repository, wanted.name));
  forgetIdentity(context, repository, wanted.name);
  try {
    await context.admin.createProtection(repository, wanted);
  } catch (error) {
    // It stands, and is not as asked for: the next run mends it.
    if (error instanceof ForgeError && error.kind === 'invalid') await identify(context, repository, wanted.name);
    throw error;
  }
}

/**
 * A forge takes nobody onto the whitelist of approvals for whom it kept no grant to read, and on a public repository it keeps none when it
 * is given. Taking any collaborator away makes it count the rights of all anew, and then it keeps those of restricted accounts. What a kill
 * leaves taken away stands in the journal, and is given back first.
 */
async function settleReaders({ admin, journal }: ForgeContext, repository: string, wanted: ProtectionRule): Promise<void> {
  const key = `rights counted anew in ${repository}`;
  const giveBack = async (login: string): Promise<void> => {
    await admin.setCollaborator(repository, login, 'write');
    journal.end(key);
  };
  const taken = journal.open(key);
  if (taken !== null) return giveBack(taken);
  const facts = await admin.findRepository(repository);
  if (facts?.private !== false || wanted.merge === 'writers' || wanted.approvals.by === 'writers') return;
  const all = await admin.listCollaborators(repository);
  const may = (login: string): string | undefined => all.find((each) => each.login.toLowerCase() === login.toLowerCase())?.permission;
  const spare = wanted.merge.only.find((login) => may(login) === 'write');
  if (spare === undefined || !wanted.approvals.by.only.some((login) => may(login) === 'read')) return;
  journal.begin(key, spare);
  await admin.removeCollaborator(repository, spare);
  await giveBack(spare);
}

const sayLacks = (lacks: readonly Lack[]): string => lacks.map(({ what }) => what).join('; ');

interface Found {
  readonly inEffect: RuleInEffect;
  readonly lacks: readonly Lack[];
}

async function lookAt(context: ForgeContext, repository: string, wanted: ProtectionRule): Promise<Found | null> {
  const inEffect = await ruleInEffect(context, repository, wanted.name);
  const agents = context.settings.accounts.map(({ login }) => login);
  return inEffect === null ? null : { inEffect, lacks: judgeProtection(inEffect.standing.rule, wanted, agents) };
}

async function checkProtection(context: ForgeContext, repository: string, wanted: ProtectionRule): Promise<Check> {
  const facts = await context.admin.findRepository(repository);
  // Without the right to look, the step of the repository says so.
  const found = facts?.mayAdminister === false ? null : await lookAt(context, repository, wanted);
  if (found === null) return { state: 'absent', actions: sayRule(repository, wanted) };
  const { lacks, inEffect } = found;
  const { name } = inEffect.standing.rule;
  if (inEffect.ours && lacks.length > 0)
    return { state: 'drifted', actions: lacks.map(({ what }) => `mend the protection of ${name} in ${repository}: ${what}`) };
  if (inEffect.ours && !inEffect.identified) return { state: 'drifted', actions: [`note which protection ${name} of ${repository} is ours`] };
  if (lacks.length === 0) return { state: 'present' };
  const first = inEffect.others.includes(wanted.name) ? ` It comes before ${wanted.name}, which is not in effect.` : '';
  return {
    state: 'skipped',
    reason: `${repository} has a protection ${name} that we did not make; it stays as it is.${first} What it lacks for the factory: ${sayLacks(lacks)}`,
    asksForLook: true,
  };
}

function sayRule(repository: string, { name, merge, approvals, protectedFiles, unprotectedFiles }: ProtectionRule): readonly string[] {
  const names = (list: 'writers' | { readonly only: readonly string[] }): string => (list === 'writers' ? 'who may write' : list.only.join(', '));
  return [
    `protect ${name} of ${repository}: nobody pushes; ${names(merge)} merges; ${approvals.required} approval by ${names(approvals.by)}; stale approvals are dismissed`,
    ...(protectedFiles.length === 0 ? [] : [`  never but by a pull request: ${protectedFiles.join(', ')}`]),
    ...(unprotectedFiles.length === 0 ? [] : [`  pushed directly: ${unprotectedFiles.join(', ')}`]),
  ];
}
