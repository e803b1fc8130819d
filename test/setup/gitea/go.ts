import { execFile } from 'node:child_process';
import { chmod, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Go {
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * A Go that builds modules of this version: the machine's, or the toolchain that it fetches from the module proxy. Since 1.21 Go does
 * that by itself; an older one downloads the toolchain as a module, whose programs are then made executable.
 */
export async function goFor(wanted: { readonly language: string; readonly toolchain: string }, say: (line: string) => void): Promise<Go> {
  const env = { ...process.env, CGO_ENABLED: '1', GOFLAGS: '-modcacherw', GOWORK: 'off' };
  const installed = await installedVersion();
  if (installed === null) throw new Error('there is no Go on this machine');
  if (atLeast(installed, wanted.language)) return { command: 'go', env: { ...env, GOTOOLCHAIN: 'local' } };
  say(`Go ${installed} is too old for Gitea; fetching Go ${wanted.toolchain} as a module`);
  if (atLeast(installed, '1.21.0')) return { command: 'go', env: { ...env, GOTOOLCHAIN: `go${wanted.toolchain}` } };
  const root = await download(`golang.org/toolchain@v0.0.1-go${wanted.toolchain}.${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`, env);
  return { command: join(root, 'bin', 'go'), env: { ...env, GOROOT: root, GOTOOLCHAIN: 'local' } };
}

/** `1.19.8`; null: not installed. */
async function installedVersion(): Promise<string | null> {
  const answer = await run('go', ['env', 'GOVERSION'], { env: { ...process.env, GOTOOLCHAIN: 'local' } }).catch(() => null);
  return answer === null ? null : (/(\d+(?:\.\d+)+)/.exec(answer.stdout)?.[1] ?? '0');
}

export function atLeast(version: string, wanted: string): boolean {
  const [a, b] = [version, wanted].map((each) => each.split('.').map(Number));
  for (const at of [0, 1, 2]) if ((a?.[at] ?? 0) !== (b?.[at] ?? 0)) return (a?.[at] ?? 0) > (b?.[at] ?? 0);
  return true;
}

async function download(module: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await run('go', ['mod', 'download', '-json', module], { env, cwd: '/' });
  const { Dir: root } = JSON.parse(stdout) as { Dir: string };
  // A module's files are not executable.
  for (const folder of [join(root, 'bin'), ...(await folders(join(root, 'pkg', 'tool')))]) {
    for (const name of await readdir(folder)) await chmod(join(folder, name), 0o755);
  }
  await readFile(join(root, 'VERSION'));
  return root;
}

const folders = async (path: string): Promise<readonly string[]> => (await readdir(path)).map((name) => join(path, name));
