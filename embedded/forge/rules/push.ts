import { join } from 'node:path';
import type { PushCommand } from '../git/receive.ts';
import { branchOf, isZero } from '../git/ref.ts';
import type { RepositoryRow } from '../store/repository.ts';
import type { ProtectionSettings } from '../store/protection.ts';
import type { UserRow } from '../store/user.ts';
import type { World } from '../world.ts';
import { filePattern } from './file-pattern.ts';
import { mayPush, protectionOf } from './protection.ts';

/** The hooks folder and environment that make git refuse what must not pass; null: nothing needs a look. */
interface Guard {
  readonly hooks: string | null;
  readonly extra: Readonly<Record<string, string>>;
}

/** What the pre-receive hook must refuse: pushes the branch rules forbid, deleting or rewriting protected branches, the server's own refs. */
export function guardOf(world: World, repository: RepositoryRow, user: UserRow, commands: readonly PushCommand[]): Guard {
  const keep: string[] = [];
  const files: string[] = [];
  for (const command of commands) {
    const branch = branchOf(command.ref);
    const rule = branch === null ? null : protectionOf(world, repository.id, branch);
    const looks = rule === null || isZero(command.after) ? null : fileRule(command.ref, rule, user);
    const problem = refusalOf(repository, user, command, branch, rule, looks !== null);
    if (problem !== null) return { hooks: join(world.directory, '.hooks'), extra: { FORGE_REFUSAL: `forge: ${problem}` } };
    if (rule !== null && !isZero(command.before)) keep.push(command.ref);
    if (looks !== null) files.push(looks);
  }
  if (keep.length === 0 && files.length === 0) return { hooks: null, extra: {} };
  return { hooks: join(world.directory, '.hooks'), extra: { FORGE_KEEP_HISTORY: ` ${keep.join(' ')} `, FORGE_FILES: files.join('\n') } };
}

/** What the hook has to know where it depends on the files whether the push may pass; null: it does not. */
function fileRule(ref: string, rule: ProtectionSettings, user: UserRow): string | null {
  const [shut, free] = [filePattern(rule.protected_file_patterns), filePattern(rule.unprotected_file_patterns)];
  const open = mayPush(rule, user);
  if (shut === null && (open || free === null)) return null;
  return [ref, open ? 'open' : 'closed', shut ?? '-', free ?? '-'].join('\t');
}

function refusalOf(
  repository: RepositoryRow,
  user: UserRow,
  command: PushCommand,
  branch: string | null,
  rule: ReturnType<typeof protectionOf>,
  decidedByFiles: boolean,
): string | null {
  if (command.ref.startsWith('refs/pull/')) return 'refs/pull belongs to the forge';
  if (isZero(command.after) && branch === repository.default_branch) return `the default branch ${branch} cannot be deleted`;
  if (rule === null) return null;
  if (isZero(command.after)) return `branch ${branch ?? ''} is protected from deletion`;
  return decidedByFiles || mayPush(rule, user) ? null : `Not allowed to push to protected branch ${branch ?? ''}`;
}
