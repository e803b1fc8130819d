import type { ProtectionRule } from '#forge/admin';
import type { Check } from '#pipeline';
import type { ForgeContext, ForgeStep } from '../context.ts';
import { judgeProtection, type Lack, ruleFor } from '../protection.ts';

/** Protects a branch. A rule that somebody else made is left alone; what it lacks is said, and pushes that must fail are tried anyway. */
export const protectionStep = (repository: string, wanted: ProtectionRule): ForgeStep => ({
  id: `protection/${repository}`,
  title: `protection of ${wanted.name} in ${repository}`,
  failure: 'fatal',
  timeoutSeconds: 60,
  check: (context) => checkProtection(context, repository, wanted),
  apply: async (context) => {
    const { admin, journal } = context;
    const found = await lookAt(context, repository, wanted);
    await settleReaders(context, repository, wanted);
    if (found === null) {
      journal.make(keyOf(repository, wanted));
      await admin.createProtection(repository, wanted);
    } else {
      await admin.editProtection(repository, found.rule.name, Object.assign({}, ...found.lacks.map(({ change }) => change)));
    }
    const after = await lookAt(context, repository, wanted);
    if (after === null) throw new Error(`the forge took the protection of ${wanted.name} in ${repository}, and does not show it`);
    if (after.lacks.length > 0) throw new Error(`the protection of ${wanted.name} in ${repository} reads back with gaps: ${sayLacks(after.lacks)}`);
    return { note: `${found === null ? 'created' : 'mended'}, read back` };
  },
});

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

const keyOf = (repository: string, { name }: ProtectionRule): string => `protection ${name} of ${repository}`;
const sayLacks = (lacks: readonly Lack[]): string => lacks.map(({ what }) => what).join('; ');

interface Found {
  readonly rule: ProtectionRule;
  readonly lacks: readonly Lack[];
}

async function lookAt({ admin, settings }: ForgeContext, repository: string, wanted: ProtectionRule): Promise<Found | null> {
  const rules = (await admin.findRepository(repository)) === null ? [] : await admin.listProtections(repository);
  const rule = ruleFor(rules, wanted.name);
  const agents = settings.accounts.map(({ login }) => login);
  return rule === null ? null : { rule, lacks: judgeProtection(rule, wanted, agents) };
}

async function checkProtection(context: ForgeContext, repository: string, wanted: ProtectionRule): Promise<Check> {
  const facts = await context.admin.findRepository(repository);
  // Without the right to look, the step of the repository says so.
  const found = facts?.mayAdminister === false ? null : await lookAt(context, repository, wanted);
  if (found === null) return { state: 'absent', actions: sayRule(repository, wanted) };
  if (found.lacks.length === 0) return { state: 'present' };
  if (context.journal.made(keyOf(repository, wanted)))
    return { state: 'drifted', actions: found.lacks.map(({ what }) => `mend the protection of ${found.rule.name} in ${repository}: ${what}`) };
  return {
    state: 'skipped',
    reason: `${repository} has a protection ${found.rule.name} that we did not make; it stays as it is. What it lacks for the factory: ${sayLacks(found.lacks)}`,
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
