import { ForgeError } from '#forge';
import type { ForgeAdmin } from '#forge/admin';
import { ruleOf, shortfalls, standingOf, wireOf } from './protection-rule.ts';
import { guardedBranch, protection, type ProtectionWire } from './schema.ts';
import { type Site, piece } from './site.ts';

type Protections = Pick<
  ForgeAdmin,
  'listProtections' | 'inspectProtections' | 'protectionInEffect' | 'createProtection' | 'editProtection' | 'deleteProtection'
>;

export function createProtections(site: Site): Protections {
  const listWire = (repository: string): Promise<readonly ProtectionWire[]> => site.repository(repository).listWhole('branch_protections', protection);
  const list: Protections['listProtections'] = async (repository) => (await listWire(repository)).map(ruleOf);
  /** The forge drops logins without the right they would need, and knows no error for it: what stands is read again. */
  const confirm = async (repository: string, name: string, wanted: Parameters<typeof shortfalls>[0]): Promise<void> => {
    const stands = (await list(repository)).find((each) => each.name === name);
    const lacks = stands === undefined ? ['it is not there'] : shortfalls(wanted, ruleOrNothing(stands));
    if (lacks.length === 0) return;
    const why = `protection ${name} of ${repository} is not as asked: ${lacks.join('; ')} (whoever is named needs the right on the repository first)`;
    throw new ForgeError('invalid', why);
  };
  return {
    listProtections: list,
    inspectProtections: async (repository) => (await listWire(repository)).map(standingOf),
    protectionInEffect: async (repository, branch) => {
      const found = await site.repository(repository).find(`branches/${piece(branch)}`, guardedBranch);
      if (found === null) return undefined;
      // A protected branch without the name of a rule: this forge keeps it to itself.
      return found.effective_branch_protection_name || (found.protected ? undefined : null);
    },
    createProtection: async (repository, { name, ...rule }) => {
      const wanted = { ...rule, appliesToAdmins: rule.appliesToAdmins ?? rule.protectedFiles.length === 0 };
      await site.repository(repository).write('POST', 'branch_protections', { rule_name: name, ...wireOf(wanted, await site.isGitea()) }, protection);
      await confirm(repository, name, wanted);
    },
    editProtection: async (repository, name, change) => {
      await site.repository(repository).write('PATCH', `branch_protections/${piece(name)}`, wireOf(change, await site.isGitea()), protection);
      await confirm(repository, name, change);
    },
    deleteProtection: (repository, name) => site.removeBelow(repository, `branch_protections/${piece(name)}`),
  };
}

type Rule = Awaited<ReturnType<Protections['listProtections']>>[number];
const ruleOrNothing = (rule: Rule): Required<Rule> => ({ ...rule, appliesToAdmins: rule.appliesToAdmins ?? false });
