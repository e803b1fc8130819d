import type { Clock } from '#clock';
import { ForgeError } from '#forge';
import type { Log } from '#log';

export interface CircuitLimits {
  /** Requests in a row without a usable answer that open the circuit. */
  readonly failures: number;
  /** How long it stays open at first; doubles with each probe that fails. */
  readonly openSeconds: number;
  readonly longestOpenSeconds: number;
}

export const circuitLimits: CircuitLimits = { failures: 8, openSeconds: 5, longestOpenSeconds: 60 };

/** Spares a forge that is down: after a row of failures calls fail at once; then one probe at a time tests whether it is back. */
interface Circuit {
  /** Throws `ForgeError` unavailable while open. The returned function must be told once whether the forge answered. */
  enter(): (answered: boolean) => void;
  isOpen(): boolean;
}

export function createCircuit(options: { readonly clock: Clock; readonly log: Log; readonly limits: CircuitLimits }): Circuit {
  const { clock, log, limits } = options;
  let failures = 0;
  let openSeconds = 0;
  let probeAt = 0;
  let probing = false;

  const isOpen = (): boolean => openSeconds > 0;
  const close = (): void => {
    if (isOpen()) log.info({}, 'forge answers again');
    failures = 0;
    openSeconds = 0;
  };
  const fail = (wasProbe: boolean): void => {
    failures += 1;
    if (failures < limits.failures || (isOpen() && !wasProbe)) return;
    openSeconds = Math.min(limits.longestOpenSeconds, isOpen() ? openSeconds * 2 : limits.openSeconds);
    probeAt = clock.monotonic() + openSeconds * 1000;
    log.warn({ failures, openSeconds }, 'forge does not answer, calls fail at once until a probe succeeds');
  };
  const enter = (): ((answered: boolean) => void) => {
    const wait = probeAt - clock.monotonic();
    if (isOpen() && (probing || wait > 0)) throw refused(failures, Math.max(0, wait) / 1000);
    const isProbe = isOpen();
    if (isProbe) probing = true;
    return (answered) => {
      if (isProbe) probing = false;
      if (answered) close();
      else fail(isProbe);
    };
  };
  return { enter, isOpen };
}

function refused(failures: number, seconds: number): ForgeError {
  const message = `the forge did not answer ${failures} requests in a row; next try in ${Math.ceil(seconds)} s (check that it runs)`;
  return new ForgeError('unavailable', message, { retryAfterSeconds: Math.ceil(seconds) });
}
