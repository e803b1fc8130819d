import { moveHead } from './head.ts';
import { setState } from './issue.ts';
import { notify } from './notify.ts';
import { listCommits, readCommits, type CommitInfo } from '../git/commit.ts';
import { branchOf, branchRef, isZero, readRef, zero } from '../git/ref.ts';
import { mentionsIn } from '../rules/mention.ts';
import { showPayloadCommit } from '../shape/commit.ts';
import { showUser } from '../shape/repository.ts';
import { repositoryPage } from '../shape/shape.ts';
import { insertEvent } from '../store/event.ts';
import { findIssue, issueById } from '../store/issue.ts';
import { listHooks } from '../store/hook.ts';
import { listOpenPulls, openPullsFrom, openPullsInto } from '../store/pull.ts';
import { listRepositories, repositoryPath, touchRepository, type RepositoryRow } from '../store/repository.ts';
import { userById, type UserRow } from '../store/user.ts';
import type { World } from '../world.ts';

export interface RefChange {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

/** What follows from refs that moved: pull requests move or close, issues close, hooks hear of it. Refs other than branches and tags are silent. */
export async function refsChanged(world: World, repository: RepositoryRow, pusher: UserRow, changes: readonly RefChange[]): Promise<void> {
  if (changes.length === 0) return;
  touchRepository(world, repository.id);
  for (const change of changes) {
    const branch = branchOf(change.ref);
    if (branch !== null) await branchChanged(world, repository, pusher, branch);
  }
  for (const change of changes) {
    if (/^refs\/(?:heads|tags)\//.test(change.ref)) await announce(world, repository, pusher, change);
  }
}

async function branchChanged(world: World, repository: RepositoryRow, pusher: UserRow, branch: string): Promise<void> {
  // Where the branch is now, not where this push put it: a later push may be recorded first.
  const after = readRef(repositoryPath(world, repository), branchRef(branch)) ?? zero;
  if (isZero(after)) noteDeletion(world, repository, branch, pusher);
  for (const pull of openPullsFrom(world, repository.id, branch)) {
    if (!isZero(after)) await moveHead(world, pull, after, pusher);
    else closeForBranch(world, pull.id, branch, pusher);
  }
  for (const pull of openPullsInto(world, repository.id, branch)) {
    if (isZero(after)) setState(world, issueById(world, pull.id), pusher, 'closed');
    else world.checks.touch(pull.id);
  }
}

/** Writes `delete_branch` into the timeline of the newest pull request from the branch, where that is done. */
function noteDeletion(world: World, repository: RepositoryRow, branch: string, doer: UserRow): void {
  const last = world.database.get<{ id: number; state: string }>(
    'SELECT issues.id, issues.state FROM pulls JOIN issues ON issues.id = pulls.issue_id WHERE pulls.repo_id = ? AND pulls.head = ? ORDER BY issues.id DESC LIMIT 1',
    repository.id, branch,
  );
  if (last?.state === 'closed') insertEvent(world, last.id, 'delete_branch', doer.id, { old_text: branch });
}

function closeForBranch(world: World, pull: number, branch: string, doer: UserRow): void {
  world.database.transaction(() => {
    insertEvent(world, pull, 'delete_branch', doer.id, { old_text: branch });
    setState(world, issueById(world, pull), doer, 'closed');
  });
}

async function announce(world: World, repository: RepositoryRow, pusher: UserRow, change: RefChange): Promise<void> {
  const branch = branchOf(change.ref);
  const name = change.ref.replace(/^refs\/(?:heads|tags)\//, '');
  const about = { sender: pusher, branch: name };
  const kind = branch === null ? 'tag' : 'branch';
  if (isZero(change.after)) {
    notify(world, repository, 'delete', about, () => ({ ref: name, ref_type: kind, pusher_type: 'user' }));
    return;
  }
  if (isZero(change.before)) notify(world, repository, 'create', about, () => ({ sha: change.after, ref: name, ref_type: kind }));
  const closes = branch === repository.default_branch;
  if (!closes && !listHooks(world, repository.id).some((hook) => hook.active === 1)) return;
  const commits = await newCommits(world, repository, change);
  if (closes && !isZero(change.before)) closeMentioned(world, repository, pusher, commits);
  notify(world, repository, 'push', about, (shape) => {
    const shown = commits.slice(0, 5).map((commit) => showPayloadCommit(shape, repository, commit));
    const page = repositoryPage(shape, repository);
    return {
      ref: change.ref,
      before: change.before,
      after: change.after,
      compare_url: isZero(change.before) ? page : `${page}/compare/${change.before}...${change.after}`,
      commits: shown,
      total_commits: commits.length,
      head_commit: shown[0] ?? null,
      pusher: showUser(shape, pusher),
    };
  });
}

async function newCommits(world: World, repository: RepositoryRow, change: RefChange): Promise<CommitInfo[]> {
  const folder = repositoryPath(world, repository);
  const known = isZero(change.before) ? ['--not', `--exclude=${change.ref}`, '--branches'] : [`^${change.before}`];
  const names = await listCommits(world.git, folder, ['--max-count=50', change.after, ...known]);
  return readCommits(world.git, folder, names.length === 0 ? [change.after] : names);
}

function closeMentioned(world: World, repository: RepositoryRow, doer: UserRow, commits: readonly CommitInfo[]): void {
  for (const commit of commits.toReversed()) {
    const { closes } = mentionsIn(commit.message, `${repository.owner}/${repository.name}`);
    for (const number of closes) {
      const issue = findIssue(world, repository.id, number);
      if (issue === undefined || issue.pull === 1 || issue.state === 'closed') continue;
      world.database.transaction(() => {
        insertEvent(world, issue.id, 'commit_ref', doer.id, { ref_sha: commit.sha, body: commit.message.split('\n')[0] ?? '' });
        setState(world, issue, doer, 'closed');
      });
    }
  }
}

/** Brings open pull requests to where their branches are: a push that was cut off between git and the database is caught up here. */
export async function catchUp(world: World, only: RepositoryRow | null = null): Promise<void> {
  for (const repository of only === null ? listRepositories(world) : [only]) {
    if (world.busy.has(repository.id)) continue;
    const folder = repositoryPath(world, repository);
    for (const pull of listOpenPulls(world, repository.id)) {
      const tip = readRef(folder, branchRef(pull.head));
      const author = userById(world, pull.author_id);
      if (tip === null) closeForBranch(world, pull.id, pull.head, author);
      else if (tip !== pull.head_sha) await moveHead(world, pull, tip, author);
    }
  }
}

/** Runs `work` while the repository counts as busy, so that nobody catches up with a push that is still being recorded. */
export async function whileBusy<T>(world: World, repository: number, work: () => Promise<T>): Promise<T> {
  world.busy.set(repository, (world.busy.get(repository) ?? 0) + 1);
  try {
    return await work();
  } finally {
    const left = (world.busy.get(repository) ?? 1) - 1;
    if (left === 0) world.busy.delete(repository);
    else world.busy.set(repository, left);
  }
}
