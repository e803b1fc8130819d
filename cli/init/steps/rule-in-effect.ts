import type { StandingRule } from '#forge/admin';
import type { ForgeContext } from '../context.ts';
import type { Journal } from '../journal.ts';
import { ruleFor } from '../protection.ts';

/** The rule that stands over a branch. */
export interface RuleInEffect {
  readonly standing: StandingRule;
  /** This instance made this very rule: one that somebody else made under the same name is none of ours. */
  readonly ours: boolean;
  /** It is known by when it was made. It is not after a kill between making it and noting it. */
  readonly identified: boolean;
  /** Names of the other rules of the repository. */
  readonly others: readonly string[];
}

/** As the forge itself says; where it does not, as for a branch that is not there yet, by the forges' own order. Null: there is none. */
export async function ruleInEffect({ admin, journal }: ForgeContext, repository: string, branch: string): Promise<RuleInEffect | null> {
  if ((await admin.findRepository(repository)) === null) return null;
  const rules = await admin.inspectProtections(repository);
  const told = await admin.protectionInEffect(repository, branch);
  if (told === null) return null;
  const standing = rules.find(({ rule }) => rule.name === told) ?? ruleFor(rules, branch);
  if (standing === null) return null;
  const { isOurs, isIdentified } = whose(journal, repository, standing);
  return {
    standing,
    ours: standing.rule.name === branch && isOurs,
    identified: isIdentified,
    others: rules.map(({ rule }) => rule.name).filter((name) => name !== standing.rule.name),
  };
}

function whose(journal: Journal, repository: string, { rule: { name }, madeAt }: StandingRule): { readonly isOurs: boolean; readonly isIdentified: boolean } {
  const known = journal.provedFor(identityKey(repository, name)) || null;
  return { isOurs: journal.made(protectionKey(repository, name)) && (known === null || known === madeAt), isIdentified: known === madeAt };
}

/** Whether this instance made the rule that has this name now. */
export async function isRuleOurs({ admin, journal }: Pick<ForgeContext, 'admin' | 'journal'>, repository: string, name: string): Promise<boolean> {
  const standing = (await admin.inspectProtections(repository)).find(({ rule }) => rule.name === name);
  return standing !== undefined && whose(journal, repository, standing).isOurs;
}

export const protectionKey = (repository: string, branch: string): string => `protection ${branch} of ${repository}`;
const identityKey = (repository: string, branch: string): string => `which ${protectionKey(repository, branch)} is ours`;

/** Writes down which rule of that name is ours. */
export async function identify({ admin, journal }: ForgeContext, repository: string, branch: string): Promise<void> {
  const made = (await admin.inspectProtections(repository)).find(({ rule }) => rule.name === branch);
  if (made !== undefined) journal.prove(identityKey(repository, branch), made.madeAt);
}

/** Before a rule is made: whichever was known is gone. */
export const forgetIdentity = ({ journal }: ForgeContext, repository: string, branch: string): void => journal.prove(identityKey(repository, branch), '');
