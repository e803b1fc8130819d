import { createHash } from 'node:crypto';
import type { Check, StepTools } from '#pipeline';
import type { ForgeContext, ForgeStep } from '../context.ts';
import type { Pusher } from '../git-hand.ts';
import { whatPermits } from '../protection.ts';
import type { FactoryAccount } from '../settings.ts';
import { ruleInEffect } from './rule-in-effect.ts';

export interface Trial {
  readonly repository: string;
  readonly branch: string;
  readonly account: FactoryAccount;
  /** Files of the commit; none: it changes nothing, and is a commit all the same. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Tries with a real commit whether the forge refuses a push that it must refuse. Tried once for each state of the protection, and never
 * where the rule itself says that the push is permitted. A push that gets through all the same is taken back, also by the next run when
 * this one is killed, ends the plan, and is not tried again before something about the protection changes.
 */
export const forbiddenPushStep = (trial: Trial): ForgeStep => ({
  id: `forbidden/${trial.repository}/${trial.account.login}`,
  title: `${trial.account.login} cannot push to ${trial.branch} of ${trial.repository}`,
  failure: 'fatal',
  timeoutSeconds: 600,
  check: (context) => checkTrial(context, trial),
  apply: (context, tools) => tryPush(context, trial, tools),
});

/** Before a protection is made that would keep us from it, probes that a killed run left on a branch are taken back. */
export const oldProbesStep = (repository: string, trials: readonly Trial[]): ForgeStep => {
  const left = ({ journal }: ForgeContext): readonly Trial[] => trials.filter((trial) => journal.open(keyOf(trial)) !== null);
  return {
    id: `probes/${repository}`,
    title: `no probe is left in ${repository}`,
    failure: 'fatal',
    timeoutSeconds: 600,
    check: (context) => {
      const [first] = left(context);
      if (first === undefined) return Promise.resolve({ state: 'present' });
      return Promise.resolve({
        state: 'drifted',
        actions: [`see whether a push that was tried before is on ${first.branch} of ${repository}, and take it back`],
      });
    },
    apply: async (context) => {
      for (const trial of left(context)) await takeBackOld(context, trial);
      return { note: 'looked, none is left' };
    },
  };
};

const keyOf = ({ repository, branch, account }: Trial): string => `push refused: ${account.login} to ${branch} of ${repository}`;

/** Where a push got through that must not: it is not tried again under the same rule. */
const throughKey = (trial: Trial): string => `${keyOf(trial)}: got through`;

const digest = (facts: unknown): string => createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);

/** The protection as it is, with all that the forge says of it. */
const ruleNow = async (context: ForgeContext, { repository, branch }: Trial): Promise<string> =>
  digest((await ruleInEffect(context, repository, branch))?.standing.whole ?? null);

/** What the trial holds for: the protection, and the account's right. */
async function circumstances(context: ForgeContext, trial: Trial): Promise<string> {
  const all = await context.admin.listCollaborators(trial.repository);
  const right = all.find(({ login }) => login.toLowerCase() === trial.account.login.toLowerCase())?.permission ?? 'none';
  return digest([await ruleNow(context, trial), right]);
}

/** What the rule that is in effect says against us, before anything is tried; null: nothing. */
async function permission(
  context: ForgeContext,
  { repository, branch, account, files }: Trial,
): Promise<{ readonly why: string; readonly ours: boolean } | null> {
  const found = await ruleInEffect(context, repository, branch);
  if (found === null) return null;
  const { rule } = found.standing;
  const permits = whatPermits(rule, account.login, Object.keys(files));
  return permits === null ? null : { why: `the protection ${rule.name} of ${repository} ${permits}`, ours: found.ours };
}

async function checkTrial(context: ForgeContext, trial: Trial): Promise<Check> {
  const { admin, journal } = context;
  const { repository, branch, account } = trial;
  const facts = await admin.findRepository(repository);
  const absent: Check = { state: 'absent', actions: [`try a push to ${branch} of ${repository} as ${account.login}, which must be refused`] };
  if (facts === null || !facts.mayAdminister || journal.open(keyOf(trial)) !== null) return absent;
  const permitted = await permission(context, trial);
  // A rule of ours is mended before the push is tried.
  if (permitted !== null) return permitted.ours ? absent : { state: 'impossible', reason: permitted.why, byHand: [advice] };
  if (journal.proved(throughKey(trial), await ruleNow(context, trial)))
    return { state: 'impossible', reason: `a push got through when it was tried, and the protection is as it was then`, byHand: [advice] };
  return journal.proved(keyOf(trial), await circumstances(context, trial)) ? { state: 'present' } : absent;
}

export function pusherOf({ secrets }: ForgeContext, { login, tokenFile, passwordFile }: FactoryAccount): Pusher {
  return { login, secrets: [secrets.read(tokenFile), secrets.read(passwordFile)].filter((secret) => secret !== null) };
}

const adminPusher = ({ me, adminToken }: ForgeContext): Pusher => ({ login: me.login, secrets: [adminToken] });

async function tryPush(context: ForgeContext, trial: Trial, tools: StepTools): Promise<{ readonly note: string }> {
  const { journal, clock, git } = context;
  const { repository, branch, account, files } = trial;
  await takeBackOld(context, trial);
  if ((await ruleInEffect(context, repository, branch)) === null)
    throw new Error(`nothing protects ${branch} of ${repository}; no push was tried. By hand: ${advice}`);
  const permitted = await permission(context, trial);
  if (permitted !== null) throw new Error(`${permitted.why}; no push was tried. By hand: ${advice}`);
  const before = await git.fetch(repository, branch, pusherOf(context, account));
  if (before === null) throw new Error(`${repository} has no branch ${branch}; push it, or set the project's branch in disinto.toml`);
  const message = `Probe: ${account.login} must not be able to push this`;
  const commit = await git.commit({ parent: before, message, files, at: clock.now() });
  journal.begin(keyOf(trial), `${before} ${commit}`);
  const pushed = await tools.phase('push', () => git.push({ repository, refspecs: [`${commit}:refs/heads/${branch}`] }, pusherOf(context, account)));
  if (pushed.end === 'pushed') {
    journal.prove(throughKey(trial), await ruleNow(context, trial));
    const how = await takeBack(context, trial, { before, commit });
    throw new Error(`${account.login} could push to ${branch} of ${repository}; the probe was ${how}. By hand: ${advice}`);
  }
  journal.end(keyOf(trial));
  journal.prove(keyOf(trial), await circumstances(context, trial));
  return { note: 'tried, refused' };
}

const advice = 'protect the branch so that no account of the factory can push to it (settings of the repository, branch protection), then run init again';

/** A run that was killed may have left its probe on the branch. */
async function takeBackOld(context: ForgeContext, trial: Trial): Promise<void> {
  const { git, journal } = context;
  const [before, commit] = (journal.open(keyOf(trial)) ?? '').split(' ');
  if (before === undefined || commit === undefined) return;
  const head = await git.fetch(trial.repository, trial.branch, adminPusher(context));
  if (head === commit) await takeBack(context, trial, { before, commit });
  else if (head !== null && (await git.isBefore(commit, head)) && !(await git.hasSameFiles(before, head))) {
    throw new Error(`the probe ${commit.slice(0, 12)} lies under newer commits of ${trial.branch} in ${trial.repository}; revert it by hand, ${advice}`);
  }
  journal.end(keyOf(trial));
}

type Probe = { readonly before: string; readonly commit: string };

/** Removes the probe; where the forge keeps the history of the branch, a commit on top brings its files back as they were. */
async function takeBack(context: ForgeContext, trial: Trial, { before, commit }: Probe): Promise<string> {
  const { git, clock, journal } = context;
  const { repository, branch, account } = trial;
  const ref = `refs/heads/${branch}`;
  const message = `Take the probe ${commit.slice(0, 12)} back`;
  const undone = await git.commit({ parent: commit, message, files: {}, treeOf: before, at: clock.now() });
  for (const [target, how] of [
    [before, 'taken back'],
    [undone, 'taken back by a commit on top of it'],
  ] as const) {
    for (const pusher of [pusherOf(context, account), adminPusher(context)]) {
      const back = await git.push({ repository, refspecs: [`${target}:${ref}`], lease: { ref, holds: commit } }, pusher).catch(() => null);
      if (back?.end !== 'pushed') continue;
      journal.end(keyOf(trial));
      return how;
    }
  }
  const changed = Object.keys(trial.files).join(', ') || 'nothing';
  throw new Error(
    `${account.login} could push to ${branch} of ${repository}, and the forge lets nobody take it back: revert commit ${commit} by hand (it changes ${changed}), ${advice}`,
  );
}
