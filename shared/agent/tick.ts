import type { Tick } from '#agent';
import type { HostedAgent, HostOptions } from './hosted.ts';

export interface TickOptions {
  readonly run: string;
  readonly signal: AbortSignal;
}

/** The tick of one run, and what it said it works on. */
export function createTick(slot: HostedAgent, host: HostOptions, { run, signal }: TickOptions): { readonly tick: Tick; subject(): string | null } {
  const { ledger, clock, mask, knows } = host;
  let current: string | null = null;
  const tick: Tick = {
    run,
    now: clock.now(),
    signal,
    log: host.log.child({ agent: slot.name, project: slot.project.name, run }),
    agent: slot.name,
    settings: slot.settings,
    project: slot.project,
    config: slot.config,
    holdsSecret: knows,
    subject(subject) {
      current = subject;
      ledger.runs.setSubject(run, subject);
    },
    tell(kind, subject, data) {
      const event = { at: clock.now(), kind, subject, data: maskRecord(data, mask) };
      ledger.events.append({ ...event, cause: run });
      host.onEvent?.({ ...event, agent: slot.name, project: slot.project.name, run });
    },
    async effect(kind, target, detail, act) {
      const id = ledger.effects.intend({ run, kind, target, detail: mask(detail), at: clock.now() });
      const result = await act();
      ledger.effects.confirm(id, clock.now());
      return result;
    },
  };
  return { tick, subject: () => current };
}

function maskRecord(data: Readonly<Record<string, unknown>>, mask: (text: string) => string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, maskValue(value, mask)]));
}

function maskValue(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((item) => maskValue(item, mask));
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskValue(item, mask)]));
}
