import type { Config, ProjectConfig } from '#config';
import { createPeople, type People } from '#domain/people';

/** Forge logins of the configured agents, by role, and who the people of a project are. */
export interface Identities {
  readonly people: People;
  /** Also those that are disabled: what they wrote stays ours. */
  ofRole(role: string): ReadonlySet<string>;
  /** Whose verdicts count: reviewers that are enabled. A fired one can neither approve nor take a request for changes back. */
  readonly reviewers: ReadonlySet<string>;
}

export function identities(config: Config, project: ProjectConfig): Identities {
  const agents = Object.values(config.agents);
  return {
    people: createPeople({ maintainers: project.maintainers, agents: [...agents.map((agent) => agent.identity), project.ci.account] }),
    reviewers: new Set(agents.filter((agent) => agent.enabled && agent.role === 'reviewer').map((agent) => agent.identity)),
    ofRole: (role) => new Set(agents.filter((agent) => agent.role === role).map((agent) => agent.identity)),
  };
}
