import { type OpsNames, templates } from './templates.ts';

/** Folders of an ops repo. Git keeps no empty ones, so each begins with a `.gitkeep`. */
export const opsFolders = [
  'vault/actions',
  'vault/pending',
  'vault/approved',
  'vault/fired',
  'vault/rejected',
  'vault/results',
  'knowledge',
  'evidence/engagement',
  'evidence/red-team',
  'evidence/holdout',
  'evidence/evolution',
  'evidence/user-test',
  'sprints',
  'incidents',
  'process-rfcs',
  'journal',
] as const;

/** Only people change these on `main`: they can set off actions, or decide which are allowed. Globs as a forge's branch protection reads them. */
export const opsProtectedFiles = ['vault/actions/**', 'vault/policy.toml', '.woodpecker/**', '.forgejo/**', '.gitea/**', '.github/**'] as const;

/** Bookkeeping that accounts with write access push to `main` directly, so that nothing they learnt waits for a person. */
export const opsBookkeepingFiles = [
  'evidence/**',
  'knowledge/**',
  'incidents/**',
  'journal/**',
  'prerequisites.md',
  'portfolio.md',
  'vault/pending/**',
  'vault/results/**',
] as const;

/**
 * What an ops repo lacks: path → text, for a new repository and for one of an older layout alike. A folder counts as there when
 * anything lies in it; a file that is there is never replaced. Empty: nothing is missing.
 */
export function missingOpsFiles(present: readonly string[], names: OpsNames): Readonly<Record<string, string>> {
  const known = new Set(present);
  const folders = opsFolders
    .filter((folder) => !present.some((path) => path.startsWith(`${folder}/`)))
    .map((folder): [string, string] => [`${folder}/.gitkeep`, '']);
  const files = Object.entries(templates(names)).filter(([path]) => !known.has(path));
  return Object.fromEntries([...files, ...folders]);
}
