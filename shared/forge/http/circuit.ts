import type { Clock } from '#clock';
import { ForgeError } from '#forge';
import type { Log } from '#log';

export interface CircuitLimits {
  /** Requests in a row without a usable answer that open the circuit. */
  readonly failures: number;
  /** How long it stays open at first; doubles with each probe that fails. */
  readonly openSeconds: number;
  readonly longestOpenSeconds: number;
  /** A call waits for a Retry-After up to this itself. */
  readonly patienceSeconds: number;
}

export const circuitLimits: CircuitLimits = { failures: 8, openSeconds: 5, longestOpenSeconds: 60, patienceSeconds: 20 };

/** Why a request got no usable answer. */
export interface Refusal {
  readonly kind: 'unavailable' | 'rate-limited';
  /** How long the forge asked us to stay away, or null. More than a call is ready to wait opens the circuit at once. */
  readonly retryAfterSeconds: number | null;
}

const longestAskedSeconds = 3600;

/** Spares a forge that is down: after a row of failures calls fail at once; then one probe at a time tests whether it is back. */
interface Circuit {
  /** Throws `ForgeError` unavailable or rate-limited while open. The returned function must be told once whether the forge served us. */
  enter(): (refusal: Refusal | null) => void;
  isOpen(): boolean;
}

interface CircuitOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: CircuitLimits;
  /** Shared by the circuits of one process to one forge: when one of them closes, the others may probe at once. */
  readonly neighbours?: Neighbours;
}

export type Neighbours = Set<() => void>;

export function createCircuit({ clock, log, limits, neighbours = new Set() }: CircuitOptions): Circuit {
  let failures = 0;
  let openSeconds = 0;
  let probeAt = 0;
  let probing = false;
  let asked = false;
  let kind: Refusal['kind'] = 'unavailable';

  const isOpen = (): boolean => openSeconds > 0;
  const close = (): void => {
    const wasOpen = isOpen();
    failures = 0;
    openSeconds = 0;
    if (!wasOpen) return;
    log.info({}, 'forge answers again');
    for (const tell of neighbours) tell();
  };
  neighbours.add(() => {
    if (!asked) probeAt = Math.min(probeAt, clock.monotonic());
  });
  const fail = (wasProbe: boolean, refusal: Refusal): void => {
    failures += 1;
    kind = refusal.kind;
    const patience = refusal.retryAfterSeconds ?? 0;
    asked = patience > limits.patienceSeconds;
    if (asked) return open(Math.min(patience, longestAskedSeconds));
    if (failures < limits.failures || (isOpen() && !wasProbe)) return;
    open(Math.min(limits.longestOpenSeconds, isOpen() ? openSeconds * 2 : limits.openSeconds));
  };
  const open = (seconds: number): void => {
    openSeconds = seconds;
    probeAt = clock.monotonic() + openSeconds * 1000;
    log.warn({ failures, kind, openSeconds }, 'forge does not serve us, calls fail at once until a probe succeeds');
  };
  const enter = (): ((refusal: Refusal | null) => void) => {
    const wait = probeAt - clock.monotonic();
    if (isOpen() && (probing || wait > 0)) throw refused(kind, failures, Math.max(0, wait) / 1000);
    const isProbe = isOpen();
    if (isProbe) probing = true;
    return (refusal) => {
      if (isProbe) probing = false;
      if (refusal === null) close();
      else fail(isProbe, refusal);
    };
  };
  return { enter, isOpen };
}

function refused(kind: Refusal['kind'], failures: number, seconds: number): ForgeError {
  const what = kind === 'unavailable' ? 'did not answer' : 'refused as too many';
  const advice = kind === 'unavailable' ? ' (check that it runs)' : '';
  const message = `the forge ${what} ${failures} requests in a row; next try in ${Math.ceil(seconds)} s${advice}`;
  return new ForgeError(kind, message, { retryAfterSeconds: Math.ceil(seconds), unasked: true });
}
