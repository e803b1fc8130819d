import { ForgeError } from '#forge';
import type { RunEnd } from '#ledger';
import type { Going } from './agenda.ts';
import { scheduleKey } from './hosted.ts';
import type { HostedAgent, HostOptions } from './hosted.ts';
import { createPace } from './pace.ts';
import type { Ended } from './run.ts';
import { lookAgain, mayEndForAll, troubleOf, troubleOfLook } from './trouble.ts';
import type { Trouble } from './trouble.ts';

/** Decides what follows, and keeps the record of what the agent waits for. */
export interface Judge {
  /** A run ended. */
  ended(id: string, ended: Ended): void;
  /** Looks whether what stopped the run `after` is over, without recording a run for the look. False: not yet, or the lane stops. */
  isOver(after: string, stopping: Promise<void>): Promise<boolean>;
  /** The forge served another agent of this process: look again soon, once for each time (`recovery`) that it came back for somebody. `sleep`: no longer than that. */
  hasten(recovery: number, sleep: (ms: number) => void): void;
}

/** What the judge brings about in its lane, and beyond. */
export interface Verdicts {
  goOn(after: string, going: Going): void;
  /** False when nothing waits, or not for longer. */
  hasten(inMs: number): boolean;
  /** The forge served this agent; `back`: it did not before, for whatever keeps all agents from it. */
  served(back: boolean): void;
}

const hastenedMs = 1000;

export function createJudge(slot: HostedAgent, host: HostOptions, { goOn, hasten, served }: Verdicts): Judge {
  const pace = createPace();
  const waits = createWaits(slot, host);
  let trouble: Trouble | null = null;
  let hastened: number | null = null;

  const follow = (id: string, end: RunEnd, met: Trouble | null): void => {
    trouble = met;
    if (met === null) hastened = null;
    const next = pace(end, met);
    if (next.kind === 'follow-up') goOn(id, { inMs: 0, barred: null, hastyInMs: null });
    if (next.kind === 'retry') goOn(id, { ...next, barred: met?.kind === 'wait' ? `waits: ${met.cause}` : null });
    if (next.kind === 'loop-stopped' && end.kind === 'acted') tellLoop(slot, host, id, end.did);
    if (met?.kind === 'wait') waits.note(met);
    else waits.over();
  };
  return {
    ended: (id, { end, trouble: met }) => {
      const looked = slot.agent.needs.includes('view') && end.kind !== 'cancelled';
      follow(id, end, met);
      if (met === null && looked) served(false);
    },
    hasten: (recovery, sleep) => {
      if (trouble === null || hastened === recovery || !mayEndForAll(trouble) || !hasten(hastenedMs)) return;
      hastened = recovery;
      sleep(hastenedMs);
    },
    isOver: async (after, stopping) => {
      if (trouble === null) return true;
      try {
        await Promise.race([lookAgain(trouble, slot), stopping]);
        if (trouble.seenAt === 'look') waits.over();
        if (trouble.seenAt === 'look' || mayEndForAll(trouble)) served(trouble.seenAt === 'look' && mayEndForAll(trouble));
        return true;
      } catch (error) {
        const met = error instanceof ForgeError ? troubleOfLook(error, slot) : troubleOf(error, slot);
        if (met.kind === 'failure') return true;
        follow(after, { kind: 'waiting', reason: met.reason }, met);
        return false;
      }
    },
  };
}

function tellLoop(slot: HostedAgent, host: HostOptions, run: string, did: string): void {
  host.log.warn({ agent: slot.name, project: slot.project.name, did }, 'Agent repeats itself; it goes on at its next schedule or webhook');
  host.onEvent?.({ at: host.clock.now(), kind: 'loop-stopped', agent: slot.name, project: slot.project.name, run, subject: null, data: { did } });
}

/** Says once per cause that something outside does not serve this agent, and once that it does again; the ledger holds it meanwhile. */
function createWaits(slot: HostedAgent, host: HostOptions): { note(trouble: Trouble): void; over(): void } {
  let known: string | null = null;
  const log = host.log.child({ agent: slot.name, project: slot.project.name });
  const schedule = scheduleKey(slot.name, slot.project.name);
  const emit = (kind: string, reason: string): void =>
    host.onEvent?.({ at: host.clock.now(), kind, agent: slot.name, project: slot.project.name, run: null, subject: null, data: { reason } });

  return {
    note: ({ cause, reason, mend }) => {
      const said = host.mask(reason);
      host.ledger.waits.note(schedule, { cause, reason: said, mend: host.mask(mend) }, host.clock.now());
      if (known === cause) return;
      known = cause;
      log.warn({ cause, reason: said, mend }, 'This agent waits');
      emit('forge-trouble', said);
    },
    over: () => {
      // Also what a process before this one left.
      host.ledger.waits.end(schedule, host.clock.now());
      if (known === null) return;
      log.info({ was: known }, 'This agent goes on');
      emit('forge-well', known);
      known = null;
    },
  };
}
