import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

export interface User {
  readonly name: string;
  /** Null: we are not root, and the server runs as we do. */
  readonly ids: { readonly uid: number; readonly gid: number } | null;
}

/** The account that the server runs as: Gitea refuses root. */
export function unprivileged(): User {
  if (process.getuid?.() !== 0) return { name: userInfo().username, ids: null };
  const fields = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'nobody');
  if (fields === undefined) throw new Error('Gitea does not run as root, and there is no account nobody: run the tests as another user');
  return { name: 'nobody', ids: { uid: Number(fields[2]), gid: Number(fields[3]) } };
}
