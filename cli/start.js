// Plain JavaScript for any Node ≥ 20: finds the pinned Node 24 and runs the command with it, as a child that dies with us.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Runs the command here when this Node can, else in the pinned one; exits with the command's code. */
export async function start() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 12)) {
    module.enableCompileCache?.();
    const { main: run } = await import('./main.ts');
    return run(process.argv.slice(2));
  }
  const node = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (!existsSync(node)) {
    console.error(`disinto needs Node 24.12 or newer; this is ${process.versions.node}. Run \`npm ci\` in ${root}: it brings the pinned one.`);
    process.exit(1);
  }
  const command = [node, '--disable-warning=ExperimentalWarning', join(root, 'cli', 'start.js'), ...process.argv.slice(2)];
  const tether = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : [];
  const [file, ...args] = [...tether, ...command];
  // In a session of its own: what a terminal sends to the whole group reaches us alone, so that the child gets each signal once.
  const child = spawn(file, args, { stdio: 'inherit', detached: true });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGCONT']) process.on(signal, () => child.kill(signal));
  process.on('SIGTSTP', () => {
    child.kill('SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  });
  child.on('error', (error) => {
    console.error(`disinto could not start ${file}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await start();
