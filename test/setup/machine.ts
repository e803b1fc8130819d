import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A program that the tests run, and Debian's packages that bring it. */
interface Need {
  readonly program: string;
  readonly args: readonly string[];
  readonly packages: readonly string[];
}

const always: readonly Need[] = [{ program: 'git', args: ['--version'], packages: ['git'] }];
/** For building Gitea: its database is C, its modules come over TLS. */
const toBuild: readonly Need[] = [
  { program: 'gcc', args: ['--version'], packages: ['gcc', 'libc6-dev'] },
  { program: 'go', args: ['version'], packages: ['golang-go', 'ca-certificates'] },
];

const runs = ({ program, args }: Need): boolean => spawnSync(program, args, { stdio: 'ignore' }).status === 0;

/**
 * Makes sure that the machine has what the tests run. As root on Debian it installs what lacks and says so; elsewhere it throws with the list.
 * `building`: Gitea has to be built.
 */
export function ensureMachine(building: boolean, say: (line: string) => void): void {
  const lacking = [...always, ...(building ? toBuild : [])].filter((need) => !runs(need));
  if (lacking.length === 0) return;
  const list = lacking.map((need) => need.program).join(', ');
  const packages = lacking.flatMap((need) => need.packages);
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
    throw new Error(`the tests need ${list}, which this machine lacks: install them (Debian: apt-get install ${packages.join(' ')}), then run this again`);
  }
  say(`this machine lacks ${list}: installing Debian's packages ${packages.join(' ')} with apt-get`);
  apt('update', '-qq');
  apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
  const still = lacking.filter((need) => !runs(need)).map((need) => need.program);
  if (still.length > 0) throw new Error(`Debian's packages are installed, but ${still.join(', ')} still does not run: look at the PATH`);
}

function apt(...args: readonly string[]): void {
  const done: SpawnSyncReturns<string> = spawnSync('apt-get', args, {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (done.status !== 0) throw new Error(`apt-get ${args.join(' ')} failed:\n${done.stderr.slice(-2000)}`);
}
