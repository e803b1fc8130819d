import type { CommitStatus } from '#domain/check';
import type { Sha } from '#domain/sha';
import { untrusted } from '#domain/untrusted';
import type { Log } from '#log';
import { CiError } from './ci.ts';
import type { CiFailure } from './ci.ts';
import { classify } from './classify.ts';
import type { NamedStep, Runner } from './runner.ts';

const tailLines = 200;

/**
 * Failed steps of the failed contexts, per workflow and step. A context that CI has no logs of (any more) still gives one entry,
 * with the status' description as its log, so that nobody repairs blindly or waits for ever. Where a check cannot be run again
 * without a new commit, no failure is the machine's: waiting for a re-run that nobody can ask for would hold everything up.
 */
export async function readFailures(runner: Runner | null, head: Sha, failed: readonly CommitStatus[], log: Log): Promise<readonly CiFailure[]> {
  const found = await Promise.all(
    failed.map(async (status) => (await stepsOf(runner, head, status, log)).map((step) => ({ context: status.context, ...step }))),
  );
  const steps = found.flat();
  const own = steps.filter((step) => step.kind !== 'dependency');
  const ownCause = own.length > 0 && own.every((step) => classify(step) === 'infra') ? 'infra' : 'change';
  return steps.map((step) => {
    const cause = step.kind === 'dependency' ? ownCause : classify(step);
    const unrepeatable = cause === 'infra' && runner?.repeats !== true;
    const notes = [...(step.note === undefined ? [] : [step.note]), ...(unrepeatable ? [machineNote] : [])];
    const lines = step.log === '' ? [] : step.log.split('\n').slice(notes.length - tailLines);
    return {
      context: step.context,
      step: step.name,
      exitCode: step.ended === null ? step.exitCode : null,
      log: untrusted([...lines, ...notes].join('\n')),
      cause: unrepeatable ? 'change' : cause,
    };
  });
}

const machineNote = '(This looks like trouble of the machine, not of the change. It cannot be run again without a new commit; any commit runs it again.)';

async function stepsOf(runner: Runner | null, head: Sha, status: CommitStatus, log: Log): Promise<readonly NamedStep[]> {
  const described = [{ name: status.context, kind: 'step', exitCode: null, signal: null, ended: null, log: status.description } as const];
  if (runner === null) return described;
  try {
    const steps = await runner.failedSteps(head, status);
    for (const { name, note } of steps) if (note !== undefined) log.warn({ head, context: status.context, step: name, note }, 'a failed step has no log');
    return steps.length === 0 ? described : steps;
  } catch (error) {
    if (!(error instanceof CiError) || error.kind !== 'not-found') throw error;
    log.warn({ head, context: status.context }, 'CI has no logs of a failed context');
    return described;
  }
}
