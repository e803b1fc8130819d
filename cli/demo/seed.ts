import type { Ledger } from '#ledger';
import { labels } from '#domain/name';
import type { Clock } from '#clock';
import type { Forge } from '#forge';
import type { EmbeddedForge } from '../../embedded/forge/server.ts';
import type { DemoFolder, GivenIssue } from './folder.ts';

/** People of a demo, and the account that owns its repository. */
export const people = { owner: 'demo', maintainer: 'maintainer', outsider: 'outsider', ci: 'ci' } as const;

/** Accounts and the repository, each made once; a second start finds them. */
export async function seedRepository(
  forge: EmbeddedForge,
  folder: DemoFolder,
  branch: string,
  agents: readonly { readonly login: string; readonly role: string }[],
): Promise<void> {
  const repository = `${people.owner}/${folder.name}`;
  for (const login of [people.owner, people.maintainer, people.outsider, people.ci, ...agents.map((agent) => agent.login)])
    await forge.seed.createUser(login, {});
  await forge.seed.createRepository(
    people.owner,
    folder.name,
    folder.source.kind === 'bare' ? { defaultBranch: branch, fromBare: folder.source.path } : { defaultBranch: branch, fromFolder: folder.source.path },
  );
  forge.seed.addCollaborator(repository, people.maintainer, 'admin');
  forge.seed.addCollaborator(repository, people.ci, 'write');
  for (const agent of agents) forge.seed.addCollaborator(repository, agent.login, agent.role === 'reviewer' ? 'read' : 'write');
}

/** The given issues, numbered from 1 in order; goes on where an interrupted start stopped. */
export async function seedIssues(
  ports: { readonly maintainer: Forge; readonly outsider: Forge; readonly ledger: Ledger; readonly clock: Clock },
  folder: DemoFolder,
): Promise<void> {
  const { maintainer, ledger } = ports;
  if (ledger.events.list({ kind: 'demo-seeded', limit: 1 }).length > 0) return;
  const names = new Set(folder.issues.flatMap((issue) => labelsOf(issue)));
  const known = new Map(Object.values(labels).map((label) => [label.name as string, label]));
  await maintainer.ensureLabelsExist([
    ...known.values(),
    ...[...names].filter((name) => !known.has(name)).map((name) => ({ name, colour: '#cccccc', description: '' })),
  ]);
  for (const [index, issue] of folder.issues.entries()) {
    const number = index + 1;
    const existing = await maintainer.findIssue(number);
    if (issue.author === 'maintainer') {
      if (existing === null) await maintainer.createIssue({ title: issue.title, body: issue.body, labels: labelsOf(issue) });
      continue;
    }
    if (existing === null) await ports.outsider.createIssue({ title: issue.title, body: issue.body, labels: [] });
    const missing = labelsOf(issue).filter((name) => existing?.labels.has(name) !== true);
    if (missing.length > 0) await maintainer.ensureLabels(number, { add: missing, remove: [] });
  }
  ledger.events.append({ at: ports.clock.now(), kind: 'demo-seeded', subject: null, cause: null, data: { issues: folder.issues.length } });
}

/** A maintainer's issue without labels is queued; `priority` alone means queued first. An outsider's is left as it came. */
function labelsOf(issue: GivenIssue): readonly string[] {
  if (issue.author === 'outsider') return issue.labels;
  const only = issue.labels.every((label) => label === labels.priority.name);
  return only ? [...issue.labels, labels.backlog.name] : issue.labels;
}
