import type { RepositoryFacts } from '#forge/admin';
import { GitError } from '#git';
import type { Check } from '#pipeline';
import type { InitContext, InitStep } from '../context.ts';

/** A repository that the instance works with; what stands in it is nobody's business but where it is empty. */
export interface RepositoryWish {
  /** `owner/name` */
  readonly name: string;
  readonly private: boolean;
  /** The repository of the project, as against its ops repo. */
  readonly isProject: boolean;
  readonly description: string;
  readonly branch: string;
  /** URL or path that fills it when it is new; null: it begins with the files. */
  readonly from: string | null;
  /** First commit of an empty one. */
  readonly files: Readonly<Record<string, string>>;
}

/** Finds the repository, or makes it and gives it its first commit. */
export const repositoryStep = (id: string, wish: RepositoryWish): InitStep => ({
  id,
  title: `repository ${wish.name}`,
  failure: 'fatal',
  timeoutSeconds: 1800,
  check: (context) => checkRepository(context, wish),
  apply: async (context, tools) => {
    const { admin, journal } = context;
    const filling = `fill ${wish.name}`;
    if ((await admin.findRepository(wish.name)) === null) {
      journal.make(`repository ${wish.name}`);
      journal.begin(filling, wish.from ?? 'first commit');
      const { name, description } = wish;
      await tools.phase('create', () => admin.createRepository({ name, private: wish.private, description, defaultBranch: wish.branch, initialise: false }));
    }
    await tools.phase('push', () => (wish.from === null ? firstCommit(context, wish) : fill(context, wish, wish.from)));
    journal.end(filling);
    return { note: wish.from === null ? `begun with ${Object.keys(wish.files).length} file(s)` : `filled from ${withoutSecret(wish.from)}` };
  },
});

async function checkRepository(context: InitContext, wish: RepositoryWish): Promise<Check> {
  const { admin, journal, me } = context;
  const facts = await admin.findRepository(wish.name);
  const fill =
    wish.from === null ? `first commit on ${wish.branch}: ${Object.keys(wish.files).join(', ')}` : `push branches and tags of ${withoutSecret(wish.from)}`;
  if (facts === null) {
    const [owner = ''] = wish.name.split('/');
    if (owner.toLowerCase() !== me.login.toLowerCase() && (await admin.findAccount(owner)) === null) {
      return {
        state: 'impossible',
        reason: `there is no account or organisation ${owner} to own ${wish.name}`,
        byHand: [
          context.settings.config.forge.embedded
            ? `stop \`disinto start\` and call init again: it makes ${owner} when it serves the forge itself`
            : `create ${owner}, or name another owner`,
        ],
      };
    }
    return { state: 'absent', actions: [`create ${wish.private ? 'private' : 'public'} repository ${wish.name}`, fill] };
  }
  const obstacle = obstacleOf(facts, me.login) ?? unitOff(facts);
  if (obstacle !== null) return { state: 'impossible', ...obstacle };
  if (facts.empty || journal.open(`fill ${wish.name}`) !== null) return { state: 'drifted', actions: [fill] };
  if (!(await admin.hasBranch(facts.name, wish.branch))) return { state: 'impossible', ...branchMissing(context, facts, wish) };
  return leftAsItIs(context, facts, wish);
}

/** What the call asks of a new repository is not done to one that is there. */
function leftAsItIs({ journal }: InitContext, facts: RepositoryFacts, wish: RepositoryWish): Check {
  const ours = journal.made(`repository ${wish.name}`);
  const unused = [
    ...(wish.from === null || ours ? [] : ['has commits already: --from is not used']),
    ...(wish.private && !facts.private && wish.isProject ? ['is public and stays so: --private counts for a new one (its settings make it private)'] : []),
  ];
  return unused.length === 0 ? { state: 'present' } : { state: 'skipped', reason: `${facts.name} ${unused.join('; ')}` };
}

interface Obstacle {
  readonly reason: string;
  readonly byHand: readonly string[];
}

const branchMissing = ({ settings }: InitContext, { name, defaultBranch }: RepositoryFacts, { branch, isProject }: RepositoryWish): Obstacle => ({
  reason: `${name} has no branch ${branch}`,
  byHand: [
    `create the branch ${branch} there`,
    ...(isProject ? [`or set projects.${settings.project.name}.branch in the disinto.toml, to ${defaultBranch} for example`] : []),
  ],
});

/** Work comes by issues and goes by pull requests. */
function unitOff({ name, issues, pullRequests }: RepositoryFacts): Obstacle | null {
  const off = [...(issues ? [] : ['issues (has_issues, kept by the forge itself)']), ...(pullRequests ? [] : ['pull requests (has_pull_requests)'])];
  if (off.length === 0) return null;
  return { reason: `${name} has no ${off.join(' and no ')}: they are switched off`, byHand: [`switch them on in the settings of ${name}, below its units`] };
}

function obstacleOf({ name, archived, mirror, mayAdminister }: RepositoryFacts, login: string): Obstacle | null {
  if (archived) return { reason: `${name} is archived, and takes no change`, byHand: [`un-archive it in the settings of ${name}`] };
  if (mirror)
    return {
      reason: `${name} is a mirror: the forge overwrites what is pushed to it`,
      byHand: [`convert it to a regular repository in the settings of ${name}`],
    };
  if (mayAdminister) return null;
  return {
    reason: `${login} does not administer ${name}, and cannot set its rights, labels, protection and webhook`,
    byHand: [`make ${login} an administrator of ${name}, or use the token of one`],
  };
}

const withoutSecret = (url: string): string => url.replace(/\/\/[^/@]*@/, '//');

function asAdmin({ me, adminToken }: InitContext): { readonly login: string; readonly secrets: readonly string[] } {
  return { login: me.login, secrets: [adminToken] };
}

/** By git; where the forge refuses the admin's token for git, over REST. */
async function firstCommit(context: InitContext, wish: RepositoryWish): Promise<void> {
  try {
    await pushFirst(context, wish);
  } catch (error) {
    if (!(error instanceof GitError) || (error.kind !== 'auth' && error.kind !== 'forbidden')) throw error;
    const { name, branch, files } = wish;
    if ((await context.admin.listFiles(name, branch)) === null) await context.admin.createFiles(name, { branch, message: 'Begin', files });
  }
}

async function pushFirst(context: InitContext, { name, branch, files }: RepositoryWish): Promise<void> {
  const { git, clock } = context;
  if ((await git.fetch(name, branch, asAdmin(context))) !== null) return;
  const commit = await git.commit({ parent: null, message: 'Begin', files, at: clock.now() });
  const pushed = await git.push({ repository: name, refspecs: [`${commit}:refs/heads/${branch}`] }, asAdmin(context));
  if (pushed.end === 'refused') throw new Error(`the first commit of ${name} was refused: ${pushed.words}`);
}

async function fill(context: InitContext, { name, branch }: RepositoryWish, from: string): Promise<void> {
  await context.git.copy(from);
  // Of several branches that come at once, a forge takes any as the default one.
  const first = [`refs/heads/${branch}:refs/heads/${branch}`];
  for (const refspecs of [first, ['refs/heads/*:refs/heads/*', 'refs/tags/*:refs/tags/*']]) {
    const pushed = await context.git.push({ repository: name, refspecs }, asAdmin(context));
    if (pushed.end === 'refused') throw new Error(`${name} refused the branches of ${withoutSecret(from)}: ${pushed.words}`);
  }
}
