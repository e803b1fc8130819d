import { execFileSync } from 'node:child_process';
import { type Environment, processEnvironment } from '../shared/config/environment.ts';
import { CliError } from './command.ts';

/** Nothing here works without git: says so before anything is begun. Throws `CliError` when no git starts in this environment. */
export function needGit(env: Environment = processEnvironment()): void {
  try {
    execFileSync('git', ['--version'], { stdio: 'ignore', env });
  } catch (error) {
    throw new CliError('git is not on the PATH; install it (on Debian: apt-get install git) and run this again', 1, error);
  }
}
