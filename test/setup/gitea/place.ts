import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The Gitea that tests run. Later versions declare a module path under which they cannot be had. */
export const giteaVersion = '1.26.0';

/** What a finished build holds: the binary and the `options`, `templates` and `public` that it reads. */
export interface Build {
  readonly binary: string;
  readonly assets: string;
}

/** Outside the work tree, kept between runs, and readable by the account that the server runs as. */
export function cacheFolder(): string {
  const asked = process.env['XDG_CACHE_HOME'];
  if (process.getuid?.() !== 0) return join(asked === undefined || asked === '' ? join(homedir(), '.cache') : asked, 'disinto');
  return join(asked !== undefined && asked !== '' && open(asked) ? asked : '/var/cache', 'disinto');
}

export const buildFolder = (): string => join(cacheFolder(), `gitea-${giteaVersion}-${process.platform}-${process.arch}`);

export const buildIn = (folder: string): Build => ({ binary: join(folder, 'gitea'), assets: join(folder, 'assets') });

/** Whether other accounts can pass through every folder on the way; those that do not exist yet are made so. */
function open(path: string): boolean {
  const here = statSync(path, { throwIfNoEntry: false });
  const passable = here === undefined || (here.mode & 0o005) === 0o005;
  return passable && (dirname(path) === path || open(dirname(path)));
}
