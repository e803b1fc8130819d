import { join } from 'node:path';

/** Where an instance keeps what belongs to git. */
export interface Places {
  /** The bare store of the project. */
  readonly store: string;
  /** Empty home of our git processes, and their configuration. */
  readonly home: string;
  readonly config: string;
  /** `<run>` is the checkout a session sees, `<run>.git` our own side of it. */
  readonly workspaces: string;
  readonly salvage: string;
  /** Short-lived git directories. */
  readonly scratch: string;
}

export function placesOf(data: string, project: string): Places {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(project)) throw new TypeError(`not a project name: ${project}`);
  const git = join(data, 'git');
  return {
    store: join(git, `${project}.git`),
    home: join(git, 'home'),
    config: join(git, 'config'),
    workspaces: join(data, 'workspaces'),
    salvage: join(data, 'salvage'),
    scratch: join(git, 'scratch'),
  };
}
