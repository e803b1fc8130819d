import type { Outcome, Tick } from '#agent';
import { actDev } from './act/act.ts';
import { adoptRounds } from './act/adopt.ts';
import { decideDevStep } from './decide/decide.ts';
import { observeDev } from './observe/observe.ts';
import type { DevPorts } from './act/change.ts';
import type { DevSnapshot, DevStep } from './snapshot.ts';
import { sweepWorkspaces } from './act/sweep.ts';

/** Observe, decide, act: one step of one issue. Recovery is what the next observation does; there is no special path. */
export async function runDev(ports: DevPorts, tick: Tick): Promise<Outcome> {
  const seen = await observeDev(ports, tick);
  adoptRounds(ports, seen);
  await sweepWorkspaces(ports, tick, seen);
  const step = decideDevStep(seen);
  if (step.do !== 'nothing' && step.do !== 'wait') tellDecision(tick, seen, step);
  return actDev(ports, tick, step, seen);
}

/** What was seen and chosen, for `disinto why`. */
function tellDecision(tick: Tick, seen: DevSnapshot, step: Exclude<DevStep, { do: 'nothing' | 'wait' }>): void {
  const subject = step.do === 'drop' ? `pr:${step.pullRequest.number}` : `issue:${('issue' in step ? step.issue : step.item.issue).number}`;
  const parked = seen.items.filter((item) => item.park !== null && item.park.unparked === null).length;
  const working = seen.items.filter((item) => item.work !== null).length;
  tick.tell('observed', subject, { issues: seen.items.length, parked, withPullRequest: working });
  tick.tell('decided', subject, { step: step.do, ...('cause' in step ? { cause: step.cause } : {}), ...('slug' in step ? { slug: step.slug } : {}) });
}
