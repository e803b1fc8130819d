import { existsSync } from 'node:fs';
import type { Config, ProjectConfig } from '#config';
import type { ForgeAdmin, RepositoryFacts } from '#forge/admin';
import { CliError } from '../../command.ts';
import type { ForgeStep } from '../../init/context.ts';
import { opsProtection, projectProtection } from '../../init/protection.ts';
import { projectRight, type Rights } from '../../init/rights.ts';
import { type FactoryAccount, accountOf, accountsOf, withRestriction } from '../../init/settings.ts';
import { opsProbe } from '../../init/steps.ts';
import { accountStep } from '../../init/steps/account.ts';
import { collaboratorStep } from '../../init/steps/collaborator.ts';
import { forbiddenPushStep } from '../../init/steps/forbidden-push.ts';
import { acceptedBy, gitAccessStep } from '../../init/steps/git-access.ts';
import type { ConfigEdit } from '../../../shared/config/edit/edit.ts';
import type { StaffContext } from '../hand.ts';
import { protectionStep } from '../../init/steps/protection.ts';
import { tokenStep } from '../../init/steps/token.ts';
import { shortPath } from './backend.ts';
import { configStep, resumeStep, type StaffStep } from '../steps.ts';
import type { Candidate } from './decide.ts';

/** The projects that an agent works on. */
export function projectsOf(config: Config, names: readonly string[]): readonly ProjectConfig[] {
  return Object.values(config.projects).filter(({ name }) => names.length === 0 || names.includes(name));
}

/** The plan of `disinto hire`: an account with its rights and the proof that they hold, and then the file that lets it work. */
export async function hireSteps(candidate: Candidate, file: string, admin: ForgeAdmin): Promise<readonly StaffStep[]> {
  const { config, settings, name } = candidate;
  const { siteAdmin } = await admin.me();
  const account = await withRestriction(admin, siteAdmin, accountOf(settings, config, file));
  const rights: ForgeStep[] = [];
  for (const project of projectsOf(config, settings.projects)) {
    const facts = await factsOf(admin, project.repository, `projects.${project.name}.repository`);
    if (isListed(account)) rights.push(...(await keptRights(project, config, { account, file, admin, siteAdmin, isPrivate: facts.private })));
    rights.push(...projectSteps(project, config, { account, file, right: projectRight(account, facts.private) }));
    if (project.ops === null || account.rights.ops === 'none') continue;
    const { defaultBranch: branch } = await factsOf(admin, project.ops, `projects.${project.name}.ops`);
    rights.push(...opsSteps(project, project.ops, config, { account, file, branch }));
  }
  return [
    accountStep(account),
    tokenStep(account),
    ...rights,
    ...keySteps(candidate, file),
    configStep(candidate.edits, sayEdits(candidate), (context) => gitSecretEdits(context, account, projectsOf(config, settings.projects))),
    resumeStep(name),
  ];
}

async function factsOf(admin: ForgeAdmin, repository: string, key: string): Promise<RepositoryFacts> {
  const facts = await admin.findRepository(repository);
  if (facts !== null) return facts;
  throw new CliError(`there is no repository ${repository} on the forge, or the admin token may not see it: check ${key} in disinto.toml, or run disinto init`);
}

const isListed = ({ rights: { merges, approves } }: FactoryAccount): boolean => merges || approves;

/**
 * A rule of protection names only accounts that have their right on the repository. Setting it takes the right of one of them away for a
 * moment: after a kill in between it is given back here.
 */
async function keptRights(
  project: ProjectConfig,
  config: Config,
  { account, file, admin, siteAdmin, isPrivate }: Subject & { readonly admin: ForgeAdmin; readonly siteAdmin: boolean; readonly isPrivate: boolean },
): Promise<readonly ForgeStep[]> {
  const { repository } = project;
  const others = accountsOf(config, project, file).filter((other) => other.login !== account.login && isListed(other));
  const steps: ForgeStep[] = [];
  for (const other of others) {
    if ((await admin.findAccount(other.login)) === null) continue;
    const permission = projectRight(await withRestriction(admin, siteAdmin, other), isPrivate);
    if (permission !== 'none') steps.push(collaboratorStep({ repository, login: other.login, permission, exact: false }));
  }
  return steps;
}

interface Subject {
  readonly account: FactoryAccount;
  readonly file: string;
}

function projectSteps(project: ProjectConfig, config: Config, { account, file, right }: Subject & { readonly right: Rights['project'] }): readonly ForgeStep[] {
  const { repository, branch } = project;
  const protection = projectProtection({ accounts: accountsOf(config, project, file), project });
  return [
    ...(right === 'none' ? [] : [collaboratorStep({ repository, login: account.login, permission: right, exact: true })]),
    ...(right === 'write' ? [gitAccessStep(repository, account)] : []),
    ...(isListed(account) ? [protectionStep(repository, protection)] : []),
    forbiddenPushStep({ repository, branch, account, files: {} }),
  ];
}

function opsSteps(project: ProjectConfig, ops: string, config: Config, { account, file, branch }: Subject & { readonly branch: string }): readonly ForgeStep[] {
  const { ops: permission, approves } = account.rights;
  if (permission === 'none') return [];
  const protection = opsProtection({ accounts: accountsOf(config, project, file), project }, branch);
  return [
    collaboratorStep({ repository: ops, login: account.login, permission, exact: true }),
    ...(approves ? [protectionStep(ops, protection)] : []),
    forbiddenPushStep({ repository: ops, branch, account, files: opsProbe }),
  ];
}

/** Where git takes no token of the account, it shows the password. */
async function gitSecretEdits(context: StaffContext, account: FactoryAccount, projects: readonly ProjectConfig[]): Promise<readonly ConfigEdit[]> {
  const [project] = projects;
  if (project === undefined || account.rights.project !== 'write') return [];
  const by = await acceptedBy(context, project.repository, account);
  return by === 'password' ? [{ set: ['agents', account.agent, 'git-secret'], to: 'password' }] : [];
}

/** The key of the backend is a person's to bring: its lack is said, and keeps nothing up. */
function keySteps({ config, settings }: Candidate, file: string): readonly StaffStep[] {
  const backend = settings.backend === null ? undefined : config.backends[settings.backend];
  const keyFile = backend?.keyFile ?? null;
  if (backend === undefined || keyFile === null) return [];
  const shown = shortPath(keyFile, file.slice(0, file.lastIndexOf('/')));
  return [
    {
      id: `key/${backend.name}`,
      title: `key of ${backend.name}`,
      failure: 'degradable',
      timeoutSeconds: 10,
      check: () =>
        Promise.resolve(
          existsSync(keyFile)
            ? { state: 'present' }
            : { state: 'skipped', reason: `${shown} does not exist: put the API key of ${backend.baseUrl} into it, and run: chmod 600 ${shown}` },
        ),
      apply: () => Promise.resolve({ note: 'there' }),
    },
  ];
}

function sayEdits({ name, role, edits, settings, returns }: Candidate): string {
  const tables = edits.flatMap((edit) => ('set' in edit && edit.set[0] === 'backends' ? [`[backends.${edit.set[1] ?? ''}]`] : []));
  const others = edits.flatMap((edit) => ('set' in edit && edit.set[0] === 'agents' && edit.set[1] !== name ? [edit.set[1] ?? ''] : []));
  const named = others.length === 0 ? '' : `; name the present backend of ${others.join(', ')}, which need not be while there is only one`;
  const agent = `[agents.${name}] (${[role, ...(settings.backend === null ? [] : [`on ${settings.backend}`])].join(' ')})`;
  return `${returns ? 'enable' : 'write'} ${[...tables, agent].join(' and ')}${named}`;
}
