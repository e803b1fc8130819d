import { isSameName } from '#domain/text/same';
import type { Finding } from './explain.ts';
import { roles } from './schema.ts';
import type { ConfigFile, Role } from './schema.ts';
import { hint } from './suggest.ts';
import { checkAddresses } from './addresses.ts';

type AgentFile = ConfigFile['agents'][string];

/** The role that an agent has or that its name stands for (`dev-2` is a dev), or null. */
export function roleOf(name: string, agent: AgentFile): Role | null {
  if (agent.role !== undefined) return agent.role;
  const known = Object.keys(roles) as readonly Role[];
  return known.find((role) => name === role || name.startsWith(`${role}-`)) ?? null;
}

/** The backend that an agent's sessions use: the one it names, or the only one. Null when its role holds none. */
export function backendOf(name: string, agent: AgentFile, file: ConfigFile): string | null {
  if (agent.backend !== undefined) return agent.backend;
  const role = roleOf(name, agent);
  const names = Object.keys(file.backends);
  return role !== null && roles[role].sessions && names.length === 1 ? (names[0] ?? null) : null;
}

/** What is wrong between fields that are each fine. */
export function crossCheck(file: ConfigFile): readonly Finding[] {
  return [
    ...missingTables(file),
    ...Object.entries(file.agents).flatMap(([name, agent]) => checkAgent(name, agent, file)),
    ...Object.entries(file.projects).flatMap(([name, project]) => checkCi(name, project.ci)),
    ...checkAddresses(file),
    ...sharedRepositories(file),
    ...sharedIdentities(file),
    ...peopleWhoAreAgents(file),
    ...Object.entries(file.backends).flatMap(([name, backend]) =>
      backend['session-keys'] && backend['key-file'] !== undefined
        ? [{ path: ['backends', name, 'key-file'], message: 'has no meaning beside session-keys = true; remove one of them' }]
        : [],
    ),
    ...Object.entries(file.backends).flatMap(([name, backend]) =>
      backend.harness === 'claude' && backend.api !== undefined && backend.api !== 'anthropic'
        ? [{ path: ['backends', name, 'api'], message: `the claude harness speaks "anthropic" only, not "${backend.api}"; use harness = "pi" for this API` }]
        : [],
    ),
  ];
}

function missingTables(file: ConfigFile): readonly Finding[] {
  const findings: Finding[] = [];
  if (Object.keys(file.projects).length === 0)
    findings.push({ path: ['projects'], message: 'no project; add a table [projects.<name>] with repository = "owner/name"' });
  if (Object.keys(file.agents).length === 0)
    findings.push({ path: ['agents'], message: 'no agent; add tables such as [agents.dev], [agents.reviewer] and [agents.merger]' });
  return findings;
}

function checkAgent(name: string, agent: AgentFile, file: ConfigFile): readonly Finding[] {
  const path = ['agents', name];
  const noPassword = { path: [...path, 'git-secret'], message: 'is "password", and password-file is missing: name the file with the password of this account' };
  const findings: Finding[] = agent['git-secret'] === 'password' && agent['password-file'] === undefined ? [noPassword] : [];
  return [...findings, ...checkReferences(name, agent, file)];
}

function checkReferences(name: string, agent: AgentFile, file: ConfigFile): readonly Finding[] {
  const path = ['agents', name];
  const findings: Finding[] = agent.projects.flatMap((project, index) =>
    Object.hasOwn(file.projects, project)
      ? []
      : [{ path: [...path, 'projects', index], message: `no project "${project}"; ${hint(project, Object.keys(file.projects))}` }],
  );
  const role = roleOf(name, agent);
  if (role === null)
    return [...findings, { path: [...path, 'role'], message: `is missing; the name stands for no role, so say one: ${hint(name, Object.keys(roles))}` }];
  const names = Object.keys(file.backends);
  if (agent.backend !== undefined && !names.includes(agent.backend)) {
    findings.push({ path: [...path, 'backend'], message: `no backend "${agent.backend}"; ${hint(agent.backend, names)}` });
  }
  if (roles[role].sessions && backendOf(name, agent, file) === null) {
    const advice = names.length === 0 ? 'add a table [backends.<name>] with base-url and model' : `say which: ${names.join(', ')}`;
    findings.push({ path: [...path, 'backend'], message: `is missing; a ${role} holds sessions: ${advice}` });
  }
  return findings;
}

type CiFile = ConfigFile['projects'][string]['ci'];

/** Who posts the statuses. */
export const accountOf = (ci: CiFile): string => ci.account ?? (ci.kind === 'forgejo-actions' ? 'forgejo-actions' : 'ci');

/** What each kind of CI cannot do without. */
function checkCi(name: string, ci: CiFile): readonly Finding[] {
  const path = ['projects', name, 'ci'];
  if (ci.kind === 'woodpecker' && ci.url === undefined)
    return [{ path: [...path, 'url'], message: 'is missing; name the address of Woodpecker, such as https://ci.example.org' }];
  if (ci.kind === 'forgejo-actions' && ci.contexts === 'workflows') {
    const why = 'the files of Forgejo Actions do not tell what their checks are called (matrices, names, reusable workflows)';
    return [{ path: [...path, 'contexts'], message: `must be "protection": ${why}; list them in the protection of the branch, or write "none"` }];
  }
  return [];
}

/** Two projects on one repository would do everything twice. Forges tell no letter case apart. */
function sharedRepositories({ projects }: ConfigFile): readonly Finding[] {
  const byRepository = Map.groupBy(Object.entries(projects), ([, { repository }]) => repository.toLowerCase());
  return [...byRepository.values()].flatMap((sharers) =>
    sharers.length < 2
      ? []
      : sharers.map(([name, { repository }]) => {
          const others = sharers.flatMap(([other]) => (other === name ? [] : [other])).join(', ');
          return {
            path: ['projects', name, 'repository'],
            message: `"${repository}" is the repository of ${others} as well; one project works on it: remove the rest`,
          };
        }),
  );
}

/** An agent's word is no maintainer's, and no agent calls its own work green. */
function peopleWhoAreAgents({ agents, projects }: ConfigFile): readonly Finding[] {
  const logins = Object.entries(agents).map(([name, { identity }]) => ({ name, identity: identity ?? name }));
  const agentOf = (login: string): string | null => logins.find(({ identity }) => isSameName(identity, login))?.name ?? null;
  return Object.entries(projects).flatMap(([project, { maintainers, ci }]): readonly Finding[] => {
    const path = ['projects', project];
    const poster = agentOf(accountOf(ci));
    const posts = { path: [...path, 'ci', 'account'], message: `"${accountOf(ci)}" is the account of the agent ${poster ?? ''}; CI needs one of its own` };
    const words = maintainers.flatMap((login, index) => {
      const agent = agentOf(login);
      return agent === null
        ? []
        : [{ path: [...path, 'maintainers', index], message: `"${login}" is the account of the agent ${agent}; a maintainer is a person` }];
    });
    return poster === null ? words : [posts, ...words];
  });
}

/** Two roles behind one account could approve their own work. */
function sharedIdentities(file: ConfigFile): readonly Finding[] {
  const owners = new Map<string, { readonly name: string; readonly role: Role | null }>();
  return Object.entries(file.agents).flatMap(([name, agent]) => {
    const identity = agent.identity ?? name;
    const role = roleOf(name, agent);
    const owner = owners.get(identity.toLowerCase());
    if (owner === undefined) owners.set(identity.toLowerCase(), { name, role });
    if (owner === undefined || owner.role === role) return [];
    return [{ path: ['agents', name, 'identity'], message: `"${identity}" is the account of ${owner.name} already; roles need accounts of their own` }];
  });
}
