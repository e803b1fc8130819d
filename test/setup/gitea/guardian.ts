import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

/**
 * `node guardian.ts <JSON>`: runs one server in a process group of its own. When standard input ends, because its owner closed it or died in
 * whatever way, the group is killed and the folder removed.
 */
interface Order {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly user: { readonly uid: number; readonly gid: number } | null;
}

const { command, args, env, folder, user } = JSON.parse(process.argv[2] ?? '') as Order;
const server = spawn(command, args, { cwd: folder, env, detached: true, stdio: ['ignore', 'inherit', 'inherit'], ...user });

function end(): void {
  try {
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  process.exit(0);
}

process.stdin.on('end', end).on('error', end).resume();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
// The folder stays until the owner has read why.
server.on('error', () => process.exit(1));
server.on('exit', (code) => process.exit(code ?? 1));
