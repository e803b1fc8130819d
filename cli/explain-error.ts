import { CliError } from './command.ts';

const mendable = new Set([
  'CliError',
  'ConfigError',
  'ForgeError',
  'GitError',
  'CiError',
  'LedgerError',
  'SessionError',
  'PlaybookError',
  'ModelServerError',
  'LockedError',
]);

/** One message for people and the exit code. Errors of our ports say what to do themselves; a system error is said in words. */
export function explainError(error: unknown): { readonly message: string; readonly code: number } {
  if (error instanceof CliError) return { message: error.message, code: error.code };
  if (!(error instanceof Error)) return { message: `disinto failed: ${String(error)}`, code: 1 };
  if (mendable.has(error.name)) return { message: `disinto: ${error.message}`, code: 1 };
  const system = systemError(error);
  if (system !== null) return { message: `disinto: ${system}`, code: 1 };
  return { message: `disinto failed, and this is a defect of disinto: ${error.stack ?? error.message}`, code: 1 };
}

function systemError(error: Error & { code?: unknown; path?: unknown; port?: unknown; address?: unknown }): string | null {
  const place = typeof error.path === 'string' ? error.path : '';
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${String(error.port)} on ${String(error.address)} is in use; stop what uses it, or set another one (webhook.listen in disinto.toml)`;
    case 'ENOSPC':
      return `the disk is full${place === '' ? '' : ` (${place})`}; free some space and run this again, nothing is lost`;
    case 'EACCES':
    case 'EPERM':
      return `no permission${place === '' ? '' : ` for ${place}`}; give this user the right to it, or name another folder`;
    case 'EROFS':
      return `${place} is on a read-only file system; name another folder`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${place} is in the way: it is not a folder`;
    default:
      return null;
  }
}
