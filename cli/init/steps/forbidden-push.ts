import { createHash } from 'node:crypto';
import type { Check, StepTools } from '#pipeline';
import type { ForgeContext, ForgeStep } from '../context.ts';
import type { Pusher } from '../git-hand.ts';
import { ruleFor } from '../protection.ts';
import type { FactoryAccount } from '../settings.ts';

export interface Trial {
  readonly repository: string;
  readonly branch: string;
  readonly account: FactoryAccount;
  /** Files of the commit; none: it changes nothing, and is a commit all the same. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Tries with a real commit whether the forge refuses a push that it must refuse. Tried once for each state of the protection. A push
 * that gets through is taken back, also by the next run when this one is killed, and ends the plan.
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

/** What the trial holds for: the protection as it is, and the account's right. */
async function circumstances({ admin }: ForgeContext, { repository, branch, account }: Trial): Promise<string> {
  const rule = ruleFor(await admin.listProtections(repository), branch);
  const right = (await admin.listCollaborators(repository)).find(({ login }) => login.toLowerCase() === account.login.toLowerCase())?.permission ?? 'none';
  return createHash('sha256')
    .update(JSON.stringify([rule, right]))
    .digest('hex')
    .slice(0, 16);
}

async function checkTrial(context: ForgeContext, trial: Trial): Promise<Check> {
  const { admin, journal } = context;
  const facts = await admin.findRepository(trial.repository);
  const known =
    facts !== null && facts.mayAdminister && journal.open(keyOf(trial)) === null && journal.proved(keyOf(trial), await circumstances(context, trial));
  return known
    ? { state: 'present' }
    : { state: 'absent', actions: [`try a push to ${trial.branch} of ${trial.repository} as ${trial.account.login}, which must be refused`] };
}

export function pusherOf({ secrets }: ForgeContext, { login, tokenFile, passwordFile }: FactoryAccount): Pusher {
  return { login, secrets: [secrets.read(tokenFile), secrets.read(passwordFile)].filter((secret) => secret !== null) };
}

const adminPusher = ({ me, adminToken }: ForgeContext): Pusher => ({ login: me.login, secrets: [adminToken] });

async function tryPush(context: ForgeContext, trial: Trial, tools: StepTools): Promise<{ readonly note: string }> {
  const { journal, clock, git } = context;
  const { repository, branch, account, files } = trial;
  await takeBackOld(context, trial);
  const before = await git.fetch(repository, branch, pusherOf(context, account));
  if (before === null) throw new Error(`${repository} has no branch ${branch}; push it, or set the project's branch in disinto.toml`);
  const message = `Probe: ${account.login} must not be able to push this`;
  const commit = await git.commit({ parent: before, message, files, at: clock.now() });
  journal.begin(keyOf(trial), `${before} ${commit}`);
  const pushed = await tools.phase('push', () => git.push({ repository, refspecs: [`${commit}:refs/heads/${branch}`] }, pusherOf(context, account)));
  if (pushed.end === 'pushed') {
    const how = await takeBack(context, trial, { before, commit });
    throw new Error(`${account.login} could push to ${branch} of ${repository}; the probe was ${how}. ${advice}`);
  }
  journal.end(keyOf(trial));
  journal.prove(keyOf(trial), await circumstances(context, trial));
  return { note: 'tried, refused' };
}

const advice = 'Protect the branch so that the accounts of the factory cannot push to it (settings of the repository, branch protection), then run init again';

/** A run that was killed may have left its probe on the branch. */
async function takeBackOld(context: ForgeContext, trial: Trial): Promise<void> {
  const { git, journal } = context;
  const [before, commit] = (journal.open(keyOf(trial)) ?? '').split(' ');
  if (before === undefined || commit === undefined) return;
  const head = await git.fetch(trial.repository, trial.branch, adminPusher(context));
  if (head === commit) await takeBack(context, trial, { before, commit });
  else if (head !== null && (await git.isBefore(commit, head)) && !(await git.hasSameFiles(before, head))) {
    throw new Error(`the probe ${commit.slice(0, 12)} lies under newer commits of ${trial.branch} in ${trial.repository}; revert it by hand. ${advice}`);
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
    `${account.login} could push to ${branch} of ${repository}, and the forge lets nobody take it back: revert commit ${commit} by hand (it changes ${changed}). ${advice}`,
  );
}
