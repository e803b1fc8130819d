import type { Ledger } from '#ledger';
import { labels } from '#domain/name';
import type { Clock } from '#clock';
import type { Forge } from '#forge';
import type { EmbeddedForge } from '../../embedded/forge/server.ts';
import type { DemoFolder, GivenIssue } from './folder.ts';
import { readSeeded, recordSeeded } from './kept.ts';

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

interface SeedPorts {
  readonly maintainer: Forge;
  readonly outsider: Forge;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/**
 * The given issues in the order of the file, on a new repository numbered from 1; those that the ledger does not have are made, so
 * an interrupted start is gone on with and appended ones are added. Answers their numbers.
 */
export async function seedIssues(ports: SeedPorts, folder: DemoFolder): Promise<readonly number[]> {
  const numbers = readSeeded(ports.ledger).map((issue) => issue.number);
  const missing = folder.issues.slice(numbers.length);
  if (missing.length === 0) return numbers;
  await ensureLabels(ports.maintainer, missing);
  const made = await unrecorded(ports, numbers);
  for (const issue of missing) {
    const at = made.findIndex((found) => found.title === issue.title && found.author === issue.author);
    const [existing = null] = at < 0 ? [] : made.splice(at, 1);
    const number = await seedIssue(ports, issue, existing);
    recordSeeded(ports.ledger, ports.clock.now(), number, issue);
    numbers.push(number);
  }
  return numbers;
}

async function ensureLabels(maintainer: Forge, issues: readonly GivenIssue[]): Promise<void> {
  const names = new Set(issues.flatMap((issue) => labelsOf(issue)));
  const known = new Map(Object.values(labels).map((label) => [label.name as string, label]));
  await maintainer.ensureLabelsExist([
    ...known.values(),
    ...[...names].filter((name) => !known.has(name)).map((name) => ({ name, colour: '#cccccc', description: '' })),
  ]);
}

interface Existing {
  readonly number: number;
  readonly title: string;
  readonly author: GivenIssue['author'];
  readonly labels: ReadonlySet<string>;
}

/** Issues of people that a start which was killed made and did not record, the oldest first. */
async function unrecorded({ maintainer, outsider }: SeedPorts, numbers: readonly number[]): Promise<Existing[]> {
  const last = Math.max(0, ...numbers);
  const authors = new Map<string, GivenIssue['author']>([
    [await outsider.me(), 'outsider'],
    [await maintainer.me(), 'maintainer'],
  ]);
  const found = (await maintainer.changes(new Date(0))).filter((change) => change.kind === 'issue' && change.number > last);
  return found
    .flatMap(({ number, issue }) => {
      const author = authors.get(issue.author);
      return author === undefined ? [] : [{ number, title: issue.title, author, labels: issue.labels }];
    })
    .toSorted((a, b) => a.number - b.number);
}

async function seedIssue({ maintainer, outsider }: SeedPorts, issue: GivenIssue, existing: Existing | null): Promise<number> {
  const { title, body } = issue;
  if (issue.author === 'maintainer') return existing?.number ?? (await maintainer.createIssue({ title, body, labels: labelsOf(issue) })).number;
  const number = existing?.number ?? (await outsider.createIssue({ title, body, labels: [] })).number;
  const missing = labelsOf(issue).filter((name) => existing?.labels.has(name) !== true);
  if (missing.length > 0) await maintainer.ensureLabels(number, { add: missing, remove: [] });
  return number;
}

/** A maintainer's issue without labels is queued; `priority` alone means queued first. An outsider's is left as it came. */
function labelsOf(issue: GivenIssue): readonly string[] {
  if (issue.author === 'outsider') return issue.labels;
  const only = issue.labels.every((label) => label === labels.priority.name);
  return only ? [...issue.labels, labels.backlog.name] : issue.labels;
}
