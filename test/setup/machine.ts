import { spawnSync } from 'node:child_process';
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

/** The machine lacks programs, and we cannot bring them: nothing can be tested. `message` says what to do. */
export class LackingPrograms extends Error {
  override readonly name = 'LackingPrograms';
}

/** What installing depends on; a part of its own, so that tests need not install anything. */
export interface Machine {
  runs(need: Pick<Need, 'program' | 'args'>): boolean;
  /** Whether Debian's packages can be installed: Debian, and we are root. */
  readonly installs: boolean;
  apt(...args: readonly string[]): void;
}

const here: Machine = {
  runs: ({ program, args }) => spawnSync(program, args, { stdio: 'ignore' }).status === 0,
  installs: process.getuid?.() === 0 && existsSync('/etc/debian_version'),
  apt: (...args) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const done = spawnSync('apt-get', args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
    if (done.status !== 0) throw new LackingPrograms(`apt-get ${args.join(' ')} failed:\n${(done.stderr ?? String(done.error)).slice(-2000)}`);
  },
};

/**
 * Makes sure that the machine has what the tests run. As root on Debian it installs what lacks and says so; elsewhere it throws with the list.
 * `building`: Gitea has to be built.
 */
export function ensureMachine(building: boolean, say: (line: string) => void, machine: Machine = here): void {
  const lacking = [...always, ...(building ? toBuild : [])].filter((need) => !machine.runs(need));
  if (lacking.length === 0) return;
  const list = lacking.map((need) => need.program).join(', ');
  const packages = lacking.flatMap((need) => need.packages).join(' ');
  if (!machine.installs)
    throw new LackingPrograms(`the tests need ${list}, which this machine lacks: install them (Debian: apt-get install ${packages}), then run this again`);
  say(`this machine lacks ${list}: installing Debian's packages ${packages} with apt-get`);
  machine.apt('update', '-qq');
  machine.apt('install', '-y', '-qq', '--no-install-recommends', ...packages.split(' '));
  const still = lacking.filter((need) => !machine.runs(need)).map((need) => need.program);
  if (still.length > 0) throw new LackingPrograms(`Debian's packages are installed, but ${still.join(', ')} still does not run: look at the PATH`);
}
