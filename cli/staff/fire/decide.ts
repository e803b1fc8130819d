import type { AgentConfig, Config } from '#config';

const works = (agent: AgentConfig, project: string): boolean => agent.enabled && (agent.projects.length === 0 || agent.projects.includes(project));

/** The projects where nobody else of its role would work on; empty when it does not work anyway. */
export function lastOn(agent: AgentConfig, { agents, projects }: Config): readonly string[] {
  const others = Object.values(agents).filter(({ name, role }) => role === agent.role && name !== agent.name);
  return Object.keys(projects).filter((project) => works(agent, project) && !others.some((other) => works(other, project)));
}

/** Who else signs in with its account: then the account is not the agent's to lose. */
export function sharersOf({ name, identity }: AgentConfig, { agents, projects }: Config): readonly string[] {
  const isSame = (login: string): boolean => login.toLowerCase() === identity.toLowerCase();
  const others = Object.values(agents).filter((agent) => agent.enabled && agent.name !== name && isSame(agent.identity));
  const cis = Object.values(projects).filter(({ ci }) => isSame(ci.account));
  return [...others.map((agent) => agent.name), ...cis.map((project) => `the CI of ${project.name}`)];
}
