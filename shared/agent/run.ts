import type { PortName, Ports, Tick } from '#agent';
import { ForgeError } from '#forge';
import { LedgerError } from '#ledger';
import type { RunEnd } from '#ledger';
import type { HostedAgent, HostOptions } from './hosted.ts';
import { createTick } from './tick.ts';
import { textOf, troubleOf, troubleOfLook } from './trouble.ts';
import type { Trouble } from './trouble.ts';

export interface Ended {
  readonly end: RunEnd;
  readonly trouble: Trouble | null;
}

export interface ActiveRun {
  readonly id: string;
  readonly done: Promise<Ended>;
  /** `shutdown` and `killed` make the run end early; nobody's failure. */
  abort(reason: StopReason): void;
  /** It passed its deadline and did not stop although it was told to. */
  overdue(): boolean;
}

export type StopReason = 'deadline' | 'shutdown' | 'killed';

const patienceMs = 60_000;
const longestReason = 2000;
const recordAgainMs = 5000;

/** Starts a run that the ledger has recorded already, and records its end. `done` rejects only with a `LedgerError`. */
export function startRun(slot: HostedAgent, host: HostOptions, id: string): ActiveRun {
  const controller = new AbortController();
  const log = host.log.child({ agent: slot.name, project: slot.project.name, run: id });
  let overdue = false;
  let cancelPatience = (): void => {};
  const cancelDeadline = host.clock.after(slot.agent.timeoutMinutes * 60_000, () => {
    controller.abort('deadline' satisfies StopReason);
    cancelPatience = host.clock.after(patienceMs, () => {
      overdue = true;
      log.error({ minutes: slot.agent.timeoutMinutes }, 'Run passed its deadline and does not stop');
    });
  });
  const { tick, subject } = createTick(slot, host, { run: id, signal: controller.signal });
  const emit = (kind: string, data: Readonly<Record<string, unknown>>): void =>
    host.onEvent?.({ at: host.clock.now(), kind, agent: slot.name, project: slot.project.name, run: id, subject: subject(), data });

  const perform = async (): Promise<Ended> => {
    emit('run-started', {});
    const ended = maskEnd(await attempt(slot, host.clock, tick), host.mask);
    cancelDeadline();
    cancelPatience();
    overdue = false;
    await recordEnd(host, id, ended.end, controller.signal);
    emit('run-ended', { ...ended.end });
    logEnd(log, ended);
    return ended;
  };
  return { id, done: perform(), abort: (reason) => controller.abort(reason), overdue: () => overdue };
}

/** An end that is not recorded would read as a run that goes on for ever: while the ledger refuses (disk full), keep trying. */
async function recordEnd(host: HostOptions, id: string, end: RunEnd, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return host.ledger.runs.end(id, end, host.clock.now());
    } catch (error) {
      const useless = isStopped(signal) || !(error instanceof LedgerError) || error.kind === 'misuse';
      if (useless) throw error;
      host.log.error({ run: id, err: error }, 'The end of a run cannot be recorded; trying again');
      await host.clock.sleep(recordAgainMs);
    }
  }
}

type Attempt = Ended & { readonly error?: unknown };

async function attempt(slot: HostedAgent, clock: HostOptions['clock'], tick: Tick): Promise<Attempt> {
  const { agent, ports } = slot;
  const { signal } = tick;
  try {
    if (agent.needs.includes('view')) await ports.view.refresh();
  } catch (error) {
    if (error instanceof ForgeError) return { end: { kind: 'waiting', reason: `forge ${error.kind}: ${error.message}` }, trouble: troubleOfLook(error, slot) };
    return failed(error, slot, signal);
  }
  try {
    const end = await agent.run(pick(ports, agent.needs), { ...tick, now: clock.now() });
    const interrupted = isStopped(signal) && end.kind !== 'acted';
    return { end: interrupted ? { kind: 'cancelled', reason: `${String(signal.reason)}: ${end.reason}` } : end, trouble: null };
  } catch (error) {
    return failed(error, slot, signal);
  }
}

function failed(error: unknown, slot: HostedAgent, signal: AbortSignal): Attempt {
  if (isStopped(signal)) return { end: { kind: 'cancelled', reason: String(signal.reason) }, trouble: null };
  // No list tells of what was deleted: without this the same item would be met again at every run.
  if (error instanceof ForgeError && error.kind === 'not-found' && slot.agent.needs.includes('view')) slot.ports.view.distrust();
  const reason = signal.aborted ? `passed its deadline: ${textOf(error)}` : textOf(error);
  return { end: { kind: 'failed', reason }, trouble: troubleOf(error, slot), error };
}

function isStopped(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason !== 'deadline';
}

function pick(ports: Ports, needs: readonly PortName[]): Ports {
  return Object.fromEntries(needs.map((need) => [need, ports[need]])) as unknown as Ports;
}

function maskEnd(ended: Attempt, mask: (text: string) => string): Attempt {
  const clean = (text: string): string => mask(text).slice(0, longestReason);
  const { end } = ended;
  return { ...ended, end: end.kind === 'acted' ? { ...end, did: clean(end.did) } : { ...end, reason: clean(end.reason) } };
}

function logEnd(log: HostOptions['log'], { end, error, trouble }: Attempt): void {
  if (end.kind === 'failed' && trouble?.kind === 'wait') log.warn({ reason: end.reason }, 'Run failed');
  else if (end.kind === 'failed') log.error({ reason: end.reason, err: error }, 'Run failed');
  else if (end.kind === 'acted') log.info({ did: end.did }, 'Run acted');
  else if (end.kind === 'cancelled') log.info({ reason: end.reason }, 'Run cancelled');
  else log.debug({ kind: end.kind, reason: end.reason }, 'Run ended');
}
