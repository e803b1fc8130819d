import type { HostedAgent, HostOptions } from './hosted.ts';
import type { Ended } from './run.ts';

/** Says once per cause that the forge does not serve an agent, and once that it does again. */
export function createTroubleReport(slot: HostedAgent, host: HostOptions): (ended: Ended) => void {
  let known: string | null = null;
  const log = host.log.child({ agent: slot.name, project: slot.project.name });
  const emit = (kind: string, reason: string): void =>
    host.onEvent?.({ at: host.clock.now(), kind, agent: slot.name, project: slot.project.name, run: null, subject: null, data: { reason } });

  return ({ end, trouble }) => {
    if (trouble?.kind === 'forge' && 'reason' in end && end.reason !== known) {
      known = end.reason;
      log.warn({ reason: known }, 'The forge does not serve this agent');
      emit('forge-trouble', known);
    }
    if (trouble === null && known !== null) {
      log.info({ reason: known }, 'The forge serves this agent again');
      emit('forge-well', known);
      known = null;
    }
  };
}
