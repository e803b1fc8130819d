import type { Outcome, Tick } from '#agent';
import { actDev } from './act.ts';
import { adoptRounds } from './adopt.ts';
import { decideDevStep } from './decide.ts';
import { observeDev } from './observe.ts';
import type { DevPorts } from './session-step.ts';

/** Observe, decide, act: one step of one issue. Recovery is what the next observation does; there is no special path. */
export async function runDev(ports: DevPorts, tick: Tick): Promise<Outcome> {
  const seen = await observeDev(ports, tick);
  adoptRounds(ports, seen);
  return actDev(ports, tick, decideDevStep(seen), seen);
}
