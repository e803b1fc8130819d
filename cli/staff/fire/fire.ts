import type { AgentConfig } from '#config';
import { hint } from '../../../shared/config/suggest.ts';
import { CliError } from '../../command.ts';
import { opsProtection, projectProtection } from '../../init/protection.ts';
import { accountOf, accountsOf, type FactoryAccount } from '../../init/settings.ts';
import { type ConfigText, readConfigText, type StaffContext, withHand } from '../hand.ts';
import { projectsOf } from '../hire/steps.ts';
import { perform } from '../perform.ts';
import { configStep, pauseStep, type StaffStep } from '../steps.ts';
import { lastOn, sharersOf } from './decide.ts';
import { holdingsOf } from './holdings.ts';
import { leaveStep, revokeStep, unlistStep } from './steps.ts';

export interface FireRequest {
  /** Absolute path of the disinto.toml. */
  readonly file: string;
  readonly name: string;
  readonly adminTokenFile: string | null;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** Fires an agent: it is disabled, and what opens the forge to it is taken back. Its table, its account and its password stay. Exit code. */
export async function fire(request: FireRequest): Promise<number> {
  const present = readConfigText(request.file);
  const agent = present.config.agents[request.name];
  if (agent === undefined) throw new CliError(`disinto.toml has no agent ${request.name}; ${hint(request.name, Object.keys(present.config.agents))}`, 2);
  if (agent.enabled && !request.yes && !request.dryRun) refuseLast(agent, present);
  return withHand(present, request.adminTokenFile, async (hand) => {
    const account = accountOf(agent, present.config, present.file);
    const holds = await holdingsOf(agent.name, account.login, projectsOf(present.config, agent.projects), hand);
    const { code } = await perform({
      about: aboutOf(agent, present, holds),
      steps: await fireSteps(agent, account, present, hand),
      context: hand,
      yes: request.yes,
      dryRun: request.dryRun,
      next: [
        '',
        `${agent.name} stays in disinto.toml with enabled = false, its account ${account.login} stays as well. To take it back: disinto hire --name ${agent.name}`,
      ],
    });
    return code;
  });
}

function refuseLast(agent: AgentConfig, { config }: ConfigText): void {
  const { name, role } = agent;
  const projects = lastOn(agent, config);
  if (projects.length === 0) return;
  throw new CliError(
    `${name} is the last enabled ${role} of ${projects.join(', ')}: without one, ${consequences[role] ?? 'its work'} stops. Hire another one first, or say --yes`,
    2,
  );
}

const consequences: Readonly<Record<string, string>> = {
  dev: 'no issue is worked on, and all work',
  reviewer: 'no change is approved, and merging',
  merger: 'merging',
};

async function fireSteps(agent: AgentConfig, account: FactoryAccount, { config, file }: ConfigText, { admin }: StaffContext): Promise<readonly StaffStep[]> {
  const steps: StaffStep[] = [
    pauseStep(agent.name),
    configStep([{ set: ['agents', agent.name, 'enabled'], to: false }], `write enabled = false into [agents.${agent.name}]`),
  ];
  if (sharersOf(agent, config).length > 0) return steps;
  steps.push(revokeStep(account));
  // As we would make them with the agent.
  const before = { ...config, agents: { ...config.agents, [agent.name]: { ...agent, enabled: true } } };
  for (const project of projectsOf(config, agent.projects)) {
    const settings = { accounts: accountsOf(before, project, file), project };
    steps.push(leaveStep(project.repository, account), unlistStep(project.repository, account, projectProtection(settings)));
    if (project.ops === null) continue;
    const branch = (await admin.findRepository(project.ops))?.defaultBranch ?? 'main';
    steps.push(leaveStep(project.ops, account), unlistStep(project.ops, account, opsProtection(settings, branch)));
  }
  return steps;
}

function aboutOf(agent: AgentConfig, { config }: ConfigText, holds: readonly string[]): string {
  const { name, role, identity, enabled } = agent;
  const still = enabled ? '' : ', who is disabled already';
  const sharers = sharersOf(agent, config);
  const kept =
    sharers.length === 0 ? [] : [`${sharers.join(', ')} ${sharers.length === 1 ? 'works' : 'work'} with that account as well: its token and rights stay`];
  const lines = [`disinto fires ${name}: a ${role}, account ${identity} on ${config.forge.url}${still}`, ...kept];
  if (holds.length === 0) return lines.join('\n');
  return [...lines, '', 'It still holds (its claims end with their leases, then another agent goes on):', ...holds.map((line) => `  ${line}`)].join('\n');
}
