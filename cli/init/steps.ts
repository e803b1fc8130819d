import { missingOpsFiles } from '../../shared/ops/layout.ts';
import type { InitStep } from './context.ts';
import type { InitOptions } from './options.ts';
import { opsProtection, projectProtection } from './protection.ts';
import { projectRight } from './rights.ts';
import type { InitSettings } from './settings.ts';
import { adminTokenStep } from './steps/admin-token.ts';
import { accountStep, otherSecretsStep } from './steps/account.ts';
import { bookkeepingStep } from './steps/bookkeeping.ts';
import { collaboratorStep } from './steps/collaborator.ts';
import { configFileStep } from './steps/config-file.ts';
import { forbiddenPushStep, oldProbesStep } from './steps/forbidden-push.ts';
import { gitAccessStep } from './steps/git-access.ts';
import { labelsStep } from './steps/labels.ts';
import { maintainerStep } from './steps/maintainer.ts';
import { opsLayoutStep, opsOwnerStep } from './steps/ops-layout.ts';
import { protectionStep } from './steps/protection.ts';
import { repositoryStep, type RepositoryWish } from './steps/repository.ts';
import { tokenStep } from './steps/token.ts';
import { webhookStep } from './steps/webhook.ts';

/** Branch of an ops repo that we make. */
export const opsBranch = 'main';

/** The whole plan: who works, where, with which rights, how the rights are held, how the forge calls us, and the file that starts it all. */
export function initSteps(settings: InitSettings, options: InitOptions, opsDefaultBranch: string): readonly InitStep[] {
  return [
    adminTokenStep(),
    otherSecretsStep(),
    ...peopleSteps(settings),
    ...repositorySteps(settings, options, opsDefaultBranch),
    ...guardSteps(settings, opsDefaultBranch),
    webhookStep(settings.project.repository),
    configFileStep(),
  ];
}

function peopleSteps({ accounts, project }: InitSettings): readonly InitStep[] {
  return [...project.maintainers.map(maintainerStep), ...accounts.map(accountStep), ...accounts.map(tokenStep)];
}

function repositorySteps(settings: InitSettings, options: InitOptions, opsDefaultBranch: string): readonly InitStep[] {
  const { accounts, project, ops, isPrivate } = settings;
  const grants = [
    ...accounts.map((account) => ({ repository: project.repository, login: account.login, right: projectRight(account, isPrivate) })),
    ...accounts.map(({ login, rights }) => ({ repository: ops, login, right: rights.ops })),
  ].flatMap(({ repository, login, right }) => (right === 'none' ? [] : [{ repository, login, permission: right, exact: true }]));
  // That a maintainer is an account of the factory is an obstacle, which the step of the maintainer names.
  const isAgent = (login: string): boolean => accounts.some((account) => account.login.toLowerCase() === login.toLowerCase());
  const people = project.maintainers
    .filter((login) => !isAgent(login))
    .map((login) => ({ repository: ops, login, permission: 'admin' as const, exact: false }));
  const writers = accounts.filter((account) => projectRight(account, isPrivate) === 'write');
  return [
    repositoryStep('repository/project', projectWish(settings, options)),
    opsOwnerStep(ops),
    repositoryStep('repository/ops', opsWish(settings, opsDefaultBranch)),
    ...[...grants, ...people].map(collaboratorStep),
    ...writers.map((account) => gitAccessStep(project.repository, account)),
    labelsStep(project.repository, 'project'),
    labelsStep(ops, 'ops'),
    opsLayoutStep(ops),
  ];
}

function projectWish({ project }: InitSettings, options: InitOptions): RepositoryWish {
  const { repository: name, branch } = project;
  return { name, branch, isProject: true, private: options.private, description: '', from: options.from, files: { 'README.md': `# ${name.split('/')[1]}\n` } };
}

function opsWish({ project, ops: name, config }: InitSettings, branch: string): RepositoryWish {
  const files = missingOpsFiles([], { project: project.repository, instance: config.instance.name });
  return { name, branch, isProject: false, private: true, description: `Operations of ${project.repository}`, from: null, files };
}

/** A change of the ops repo that never reaches its main branch but by a pull request. */
export const opsProbe = { 'vault/policy.toml': '# A probe: whoever reads this on the branch knows that the protection does not hold.\n' };

/** Protection first, then the proof that it holds, for each account that could do harm. */
function guardSteps(settings: InitSettings, opsDefaultBranch: string): readonly InitStep[] {
  const { accounts, project, ops } = settings;
  const reachesOps = accounts.filter(({ rights }) => rights.ops !== 'none');
  const ofProject = accounts.map((account) => ({ repository: project.repository, branch: project.branch, account, files: {} }));
  const ofOps = reachesOps.map((account) => ({ repository: ops, branch: opsDefaultBranch, account, files: opsProbe }));
  return [
    oldProbesStep(project.repository, ofProject),
    oldProbesStep(ops, ofOps),
    protectionStep(project.repository, projectProtection(settings)),
    protectionStep(ops, opsProtection(settings, opsDefaultBranch)),
    ...[...ofProject, ...ofOps].map(forbiddenPushStep),
    ...reachesOps.filter(({ rights }) => rights.ops === 'write').map((account) => bookkeepingStep(ops, account)),
  ];
}
