import type { ProtectionRule, StandingRule } from '#forge/admin';
import { opsBookkeepingFiles, opsProtectedFiles } from '../../shared/ops/layout.ts';
import type { FactoryAccount, InitSettings } from './settings.ts';

const loginsWith = (accounts: readonly FactoryAccount[], has: (account: FactoryAccount) => boolean): readonly string[] =>
  accounts.filter(has).map(({ login }) => login);

/** The project's branch: nobody pushes, only mergers merge, and only what a reviewer approved as it is. */
export const projectProtection = ({ accounts, project }: Pick<InitSettings, 'accounts' | 'project'>): ProtectionRule => ({
  name: project.branch,
  push: 'nobody',
  merge: { only: loginsWith(accounts, ({ rights }) => rights.merges) },
  approvals: { required: 1, by: { only: loginsWith(accounts, ({ rights }) => rights.approves) } },
  dismissStaleApprovals: true,
  blockOnRejectedReviews: false,
  requiredContexts: null,
  protectedFiles: [],
  unprotectedFiles: [],
});

/**
 * The ops repo's branch. Bookkeeping is pushed directly by accounts that may write, so that it never freezes (#758); the rest goes
 * through a pull request (#765) that a maintainer merges, and what can set off an action changes in no other way.
 */
export const opsProtection = ({ accounts, project }: Pick<InitSettings, 'accounts' | 'project'>, branch: string): ProtectionRule => ({
  name: branch,
  push: 'nobody',
  merge: { only: project.maintainers },
  approvals: { required: 1, by: { only: [...loginsWith(accounts, ({ rights }) => rights.approves && rights.ops !== 'none'), ...project.maintainers] } },
  dismissStaleApprovals: true,
  blockOnRejectedReviews: false,
  requiredContexts: null,
  protectedFiles: [...opsProtectedFiles],
  unprotectedFiles: [...opsBookkeepingFiles],
});

/** What a rule that is there falls short of, and the change that mends it. */
export interface Lack {
  readonly what: string;
  readonly change: Partial<Omit<ProtectionRule, 'name'>>;
}

type Whitelist = 'writers' | 'nobody' | { readonly only: readonly string[] };

const has = (names: readonly string[], name: string): boolean => names.some((each) => each.toLowerCase() === name.toLowerCase());
const onList = (list: Whitelist, names: readonly string[]): readonly string[] =>
  list === 'nobody' ? [] : list === 'writers' ? names : names.filter((name) => has(list.only, name));
const listed = (list: 'writers' | { readonly only: readonly string[] }): readonly string[] => (list === 'writers' ? [] : list.only);

/** Judges a rule against what is wanted. It may be stricter, and may trust people as it likes; of the factory's accounts it trusts none too many. */
export function judgeProtection(rule: ProtectionRule, wanted: ProtectionRule, agents: readonly string[]): readonly Lack[] {
  return [...judgePush(rule, agents), ...judgeMerge(rule, wanted, agents), ...judgeApprovals(rule, wanted), ...judgeFiles(rule, wanted)];
}

function judgePush(rule: ProtectionRule, agents: readonly string[]): readonly Lack[] {
  const pushers = onList(rule.push, agents);
  if (pushers.length === 0) return [];
  const push = rule.push === 'writers' || rule.push === 'nobody' ? 'nobody' : { only: rule.push.only.filter((name) => !has(agents, name)) };
  return [{ what: `${pushers.join(', ')} may push past review`, change: { push } }];
}

function judgeMerge(rule: ProtectionRule, wanted: ProtectionRule, agents: readonly string[]): readonly Lack[] {
  const mergers = listed(wanted.merge);
  const tooMany = onList(rule.merge, agents).filter((name) => !has(mergers, name));
  const missing = mergers.filter((name) => onList(rule.merge, [name]).length === 0);
  const change = { merge: { only: [...mergers, ...listed(rule.merge).filter((name) => !has(agents, name) && !has(mergers, name))] } };
  return [
    ...(tooMany.length === 0 ? [] : [{ what: `${tooMany.join(', ')} may merge`, change }]),
    ...(missing.length === 0 ? [] : [{ what: `${missing.join(', ')} may not merge`, change }]),
  ];
}

function judgeApprovals({ approvals, dismissStaleApprovals }: ProtectionRule, wanted: ProtectionRule): readonly Lack[] {
  const approvers = listed(wanted.approvals.by);
  const missing = approvals.by === 'writers' ? approvers : approvers.filter((name) => !has(listed(approvals.by), name));
  const by = { only: [...approvers, ...listed(approvals.by).filter((name) => !has(approvers, name))] };
  // More approvals than there are accounts to give them is a branch that nothing reaches.
  const required = Math.min(Math.max(approvals.required, wanted.approvals.required), by.only.length);
  const tooMany = approvals.by !== 'writers' && approvals.required > approvals.by.only.length;
  const change = { approvals: { required, by } };
  return [
    ...(approvals.required < wanted.approvals.required ? [{ what: 'no approval is asked for', change }] : []),
    ...(tooMany ? [{ what: `${approvals.required} approvals are asked for, and those of fewer accounts count`, change }] : []),
    ...(missing.length === 0 ? [] : [{ what: `approvals by ${missing.join(', ')} do not count`, change }]),
    ...(dismissStaleApprovals ? [] : [{ what: 'an approval stays when the change moves on', change: { dismissStaleApprovals: true } }]),
  ];
}

function judgeFiles(rule: ProtectionRule, wanted: ProtectionRule): readonly Lack[] {
  const unguarded = wanted.protectedFiles.filter((glob) => !rule.protectedFiles.includes(glob));
  // Where no bookkeeping is wanted, a file that is pushed directly is a file that nobody reviewed.
  const open = wanted.unprotectedFiles.length === 0 ? rule.unprotectedFiles : [];
  const frozen = wanted.unprotectedFiles.filter((glob) => !rule.unprotectedFiles.includes(glob));
  return [
    ...(unguarded.length === 0
      ? []
      : [{ what: `${unguarded.join(', ')} not kept from being changed`, change: { protectedFiles: [...rule.protectedFiles, ...unguarded] } }]),
    ...(open.length === 0 ? [] : [{ what: `${open.join(', ')} can be pushed past review`, change: { unprotectedFiles: [] } }]),
    ...(frozen.length === 0
      ? []
      : [{ what: `${frozen.join(', ')} cannot be pushed as bookkeeping`, change: { unprotectedFiles: [...rule.unprotectedFiles, ...frozen] } }]),
  ];
}

/**
 * The rule that a forge applies to a branch: by its priorities where it has them; else a plain name before a glob, and the older before
 * the newer. Where the branch is there the forge itself can be asked.
 */
export function ruleFor(rules: readonly StandingRule[], branch: string): StandingRule | null {
  const madeAt = (each: StandingRule): number => Date.parse(each.madeAt) || 0;
  const order = (a: StandingRule, b: StandingRule): number =>
    (a.priority ?? 0) - (b.priority ?? 0) || Number(isGlob(a.rule.name)) - Number(isGlob(b.rule.name)) || madeAt(a) - madeAt(b);
  return rules.filter(({ rule }) => namesBranch(rule.name, branch)).toSorted(order)[0] ?? null;
}

/** What of a rule lets an account push these files past review; null: it refuses. No files: a commit that changes nothing. */
export function whatPermits(rule: ProtectionRule, login: string, files: readonly string[]): string | null {
  const isAmong = (globs: readonly string[], file: string): boolean => globs.some((glob) => globPattern(glob, '[^./]', 'is').test(file));
  if (files.some((file) => isAmong(rule.protectedFiles, file))) return null;
  if (rule.push === 'writers') return 'lets everybody push who may write';
  if (typeof rule.push === 'object' && has(rule.push.only, login)) return `names ${login} among those who push`;
  const isOpen = rule.unprotectedFiles.length > 0 && files.every((file) => isAmong(rule.unprotectedFiles, file));
  return isOpen ? `lets everybody who may write push ${rule.unprotectedFiles.join(', ')}` : null;
}

const isGlob = (name: string): boolean => /[*?[\]{}\\]/.test(name);

/** A plain name is compared without case, as forges do. */
const namesBranch = (name: string, branch: string): boolean =>
  isGlob(name) ? globPattern(name, '[^/]', 's').test(branch) : name.toLowerCase() === branch.toLowerCase();

/** `*` and `?` are made of characters as `any` says, `**` of all; `[a-z]`, `[!a]`, `{a,b}` and `\\` as usual. A broken glob is but itself. */
function globPattern(glob: string, any: string, flags: string): RegExp {
  const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  let depth = 0;
  const source = (glob.match(/\\.|\*\*|\[!?(?:\\.|[^\]\\])+\]|./gs) ?? []).map((token) => {
    if (token === '**') return '.*';
    if (token === '*' || token === '?') return token === '*' ? `${any}*` : any;
    if (token === '{' || (token === '}' && depth > 0)) {
      depth += token === '{' ? 1 : -1;
      return token === '{' ? '(?:' : ')';
    }
    if (token === ',' && depth > 0) return '|';
    if (token.startsWith('[') && token.length > 2) return token.replace(/^\[!/, '[^');
    return quoted(token.length > 1 && token.startsWith('\\') ? token.slice(1) : token);
  });
  try {
    if (depth === 0) return new RegExp(`^(?:${source.join('')})$`, flags);
  } catch {
    // A range such as [z-a].
  }
  return new RegExp(`^${quoted(glob)}$`, flags);
}
