import { ForgeError } from '#forge';
import type { Applied, Check } from '#pipeline';
import { createForge } from '../../../shared/forge/forgejo.ts';
import { missingOpsFiles } from '../../../shared/ops/layout.ts';
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
