import { ForgeError } from '#forge';
import type { Applied, Check } from '#pipeline';
import { createForge } from '../../../shared/forge/forgejo.ts';
import { missingOpsFiles, opsFolders } from '../../../shared/ops/layout.ts';
import type { InitContext, InitStep } from '../context.ts';

/** Where the layout waits when the branch refuses it. */
const layoutBranch = 'disinto/ops-layout';
const title = 'Complete the layout of the ops repo';

/** Gives the ops repo the folders and files that it lacks (#425), in one commit; where the branch refuses that, as a pull request. */
export const opsLayoutStep = (repository: string): InitStep => ({
  id: `layout/${repository}`,
  title: `layout of ${repository}`,
  failure: 'degradable',
  timeoutSeconds: 120,
  check: (context) => checkLayout(context, repository),
  apply: (context) => completeLayout(context, repository),
});

/**
 * That the ops repo is meant for this, before anything is written to it: this instance made it, its layout is in it, or a person named it.
 * Its name alone says nothing: a person's own repository may have it. It is private, because what agents ask for and learn is in it.
 */
export const opsOwnerStep = (repository: string): InitStep => ({
  id: `meant/${repository}`,
  title: `${repository} as the ops repo`,
  failure: 'fatal',
  timeoutSeconds: 60,
  check: (context) => checkMeant(context, repository),
  apply: () => Promise.resolve({ note: 'is meant for this' }),
});

async function checkMeant(context: InitContext, repository: string): Promise<Check> {
  const { admin, journal } = context;
  const facts = await admin.findRepository(repository);
  if (facts === null || !facts.mayAdminister) return { state: 'present' };
  const ours = journal.made(`repository ${repository}`);
  if (ours && !facts.private)
    return { state: 'skipped', reason: `${repository} is public, and all that agents learn and ask for with it: ${closeIt(repository)}`, asksForLook: true };
  if (ours || (facts.private && facts.empty)) return { state: 'present' };
  const meant = isNamed(context, repository) || hasOurLayout((await admin.listFiles(repository, facts.defaultBranch)) ?? []);
  if (meant && facts.private) return { state: 'present' };
  const foreign = `${repository} exists, is ${facts.private ? 'private' : 'public'}, and this instance did not make it: nothing in it says that it is an ops repo`;
  return {
    state: 'impossible',
    reason: meant ? `${repository} is public, and all that agents learn and ask for would be as well` : foreign,
    byHand: [
      ...(facts.private ? [] : [`${closeIt(repository)}, if it is meant for this`]),
      ...(meant ? [] : [`add an empty file ${markFile} to its branch ${facts.defaultBranch}, if it is meant for this`]),
      nameAnother(context),
    ],
  };
}

const closeIt = (repository: string): string => `make it private in the settings of ${repository}`;

/** Init completes a file that says only this. */
function nameAnother({ settings }: InitContext): string {
  const { file, project } = settings;
  return `or have another one made: put \`ops = "owner/name"\` under [projects.${project.name}] of ${file} (a file that says only this is completed)`;
}

/** A name that is not the usual one was chosen by a person, in the disinto.toml. */
const isNamed = ({ settings }: InitContext, repository: string): boolean => repository.toLowerCase() !== `${settings.project.repository}-ops`.toLowerCase();

const markFile = 'vault/pending/.gitkeep';

/** Of this layout or an older one: folders that nothing else has. */
const hasOurLayout = (paths: readonly string[]): boolean =>
  paths.some((path) => path === 'vault/policy.toml' || opsFolders.some((folder) => folder.startsWith('vault/') && path.startsWith(`${folder}/`)));

/** Null: the repository is not there yet, and gets its files with its first commit. */
async function look(
  { admin, settings }: InitContext,
  repository: string,
): Promise<{ readonly branch: string; readonly missing: Readonly<Record<string, string>>; readonly waiting: boolean } | null> {
  const facts = await admin.findRepository(repository);
  if (facts === null || facts.empty) return null;
  const names = { project: settings.project.repository, instance: settings.config.instance.name };
  const missing = missingOpsFiles((await admin.listFiles(repository, facts.defaultBranch)) ?? [], names);
  if (Object.keys(missing).length === 0) return { branch: facts.defaultBranch, missing, waiting: false };
  const proposed = await admin.listFiles(repository, layoutBranch);
  return { branch: facts.defaultBranch, missing, waiting: proposed !== null && Object.keys(missingOpsFiles(proposed, names)).length === 0 };
}

async function checkLayout(context: InitContext, repository: string): Promise<Check> {
  const found = await look(context, repository);
  if (found === null) return { state: 'present', note: 'comes with the first commit' };
  const paths = Object.keys(found.missing);
  if (paths.length === 0) return { state: 'present' };
  if (found.waiting && context.journal.proved(`layout of ${repository}`, layoutBranch))
    return { state: 'skipped', reason: `${paths.length} files wait in the branch ${layoutBranch} of ${repository}: merge its pull request` };
  return { state: 'drifted', actions: [`add to ${repository}: ${paths.join(', ')}`] };
}

async function completeLayout(context: InitContext, repository: string): Promise<Applied> {
  const found = await look(context, repository);
  if (found === null || Object.keys(found.missing).length === 0) return { note: 'nothing is missing' };
  const { branch, missing, waiting } = found;
  const note = `${Object.keys(missing).length} files added`;
  try {
    await context.admin.createFiles(repository, { branch, message: title, files: missing });
    return { note };
  } catch (error) {
    if (!(error instanceof ForgeError) || error.kind !== 'forbidden') throw error;
  }
  if (!waiting) await context.admin.createFiles(repository, { branch: layoutBranch, from: branch, message: title, files: missing });
  const number = await propose(context, repository, branch);
  context.journal.prove(`layout of ${repository}`, layoutBranch);
  return {
    note: `${branch} is protected; proposed as pull request #${number}`,
    warning: `the layout of ${repository} waits in pull request #${number}: merge it`,
  };
}

async function propose({ url, adminToken, clock, chance }: InitContext, repository: string, base: string): Promise<number> {
  const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => silent };
  const forge = createForge({ url, repository, token: () => adminToken, timeoutSeconds: 30, clock, chance, log: silent });
  const body = 'Folders and files that the factory expects and that are missing here. Nothing that is there is changed.';
  return (await forge.ensurePullRequest({ branch: layoutBranch, base, title, body })).pullRequest.number;
}
