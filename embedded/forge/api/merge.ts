import { healMerges } from '../change/finish-merge.ts';
import { performMerge, type MergeOrder } from '../change/merge.ts';
import { whileBusy } from '../change/pushed.ts';
import { flag, needText, text } from '../fields.ts';
import type { MergeStyle } from '../git/merge.ts';
import { invalid, notFound, Refused } from '../refused.ts';
import { needCaller, nothing, route, type Call, type Route } from '../route.ts';
import { accessOf, reaches } from '../rules/access.ts';
import { baseTip, mergeState } from '../rules/merge-state.ts';
import { mayMerge, protectionOf } from '../rules/protection.ts';
import { missingForMerge } from '../rules/requirement.ts';
import { issuePage } from '../shape/issue.ts';
import { pullById, type PullRow } from '../store/pull.ts';
import type { RepositoryRow } from '../store/repository.ts';
import type { UserRow } from '../store/user.ts';
import { needPullTarget } from './pull.ts';

const styles = ['merge', 'rebase', 'rebase-merge', 'squash', 'fast-forward-only'] as const;

function styleOf(value: string): MergeStyle {
  const style = styles.find((known) => known === value);
  if (style === undefined) throw invalid(`Do must be one of ${styles.join(', ')}`);
  return style;
}

/** Refuses, in the order and words of Gitea, what may not be merged now. */
function demandMergeable(call: Call, repository: RepositoryRow, pull: PullRow, user: UserRow): void {
  const { world } = call;
  if (pull.merged_at !== null) throw new Refused(405, 'The PR is already merged');
  if (pull.state === 'closed') throw notFound('the pull request is closed');
  const access = accessOf(world, repository, user);
  const rule = protectionOf(world, repository.id, pull.base);
  const allowed = rule === null ? reaches(access, 'write') : mayMerge(rule, user, reaches(access, 'write'));
  if (!allowed) throw new Refused(405, 'User not allowed to merge PR');
  if (/^(?:wip:|\[wip\])/i.test(pull.title)) throw new Refused(405, 'Work in progress PRs cannot be merged');
  const state = mergeState(world, pull);
  // The real forge says so for a conflict too, for ever: who asks cannot tell it from a check that is under way.
  if (state.kind !== 'clean') throw new Refused(405, 'Please try again later');
  const forced = flag(call.input, 'force_merge') === true && reaches(access, 'admin') && rule?.apply_to_admins !== true;
  if (rule !== null && !forced) {
    const missing = missingForMerge(world, rule, pull, { outdated: state.mergeBase !== baseTip(world, pull), paths: state.paths });
    if (missing !== null) throw new Refused(405, `not allowed to merge [reason: ${missing}]`);
  }
  const expected = text(call.input, 'head_commit_id') ?? '';
  if (expected !== '' && expected !== pull.head_sha) throw new Refused(409, `head out of date: the head is ${pull.head_sha}, not ${expected}`);
}

function orderOf(call: Call, repository: RepositoryRow, pull: PullRow, doer: UserRow): MergeOrder {
  const style = styleOf(needText(call.input, 'Do'));
  const ordinary =
    style === 'squash' ? `${pull.title} (#${pull.number})` : `Merge pull request '${pull.title}' (#${pull.number}) from ${pull.head} into ${pull.base}`;
  const title = text(call.input, 'MergeTitleField') || ordinary;
  const message = text(call.input, 'MergeMessageField') || `Reviewed-on: ${issuePage(call.shape, repository, pull)}`;
  return { style, message: `${title.trim()}\n\n${message.trim()}\n`, doer, deleteBranch: flag(call.input, 'delete_branch_after_merge') === true };
}

/** One merge at a time per repository: each sees the result of the one before. */
const lines = new WeakMap<object, Map<number, Promise<unknown>>>();
function inLine<T>(call: Call, repository: number, work: () => Promise<T>): Promise<T> {
  const ends = lines.get(call.world) ?? new Map<number, Promise<unknown>>();
  lines.set(call.world, ends);
  const turn = (ends.get(repository) ?? Promise.resolve()).then(work, work);
  ends.set(repository, turn);
  return turn;
}

export const mergeRoutes: readonly Route[] = [
  route('repository', 'GET', '/repos/:owner/:repo/pulls/:index/merge', async (call) => {
    const { pull } = await needPullTarget(call);
    if (pull.merged_at === null) throw notFound('the pull request is not merged');
    return nothing();
  }),
  route('repository', 'POST', '/repos/:owner/:repo/pulls/:index/merge', async (call) => {
    const { repository, pull } = await needPullTarget(call);
    const user = needCaller(call);
    const order = orderOf(call, repository, pull, user);
    await inLine(call, repository.id, async () => {
      await healMerges(call.world, pull.id);
      const now = pullById(call.world, pull.id);
      demandMergeable(call, repository, now, user);
      await whileBusy(call.world, repository.id, () => performMerge(call.world, repository, now, order));
    });
    return nothing(200);
  }),
];
