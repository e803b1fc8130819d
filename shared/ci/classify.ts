/** How a failed step ended, as far as it tells whose failure it is. */
export interface FailedStep {
  /** `clone`: getting the code; `step`: a step of the workflow; `config`: the workflow file; `dependency`: another workflow failed first. */
  readonly kind: 'clone' | 'step' | 'config' | 'dependency';
  readonly exitCode: number | null;
  /** Name of the signal that ended it, if one did. */
  readonly signal: string | null;
  /** `wall` when CI itself ended it at its time limit. */
  readonly ended: 'wall' | null;
  /** End of its log. */
  readonly log: string;
}

const machineTrouble = [
  /failed to connect to/i,
  /connection timed out/i,
  /TLS handshake timeout/i,
  /temporary failure in name resolution/i,
  /could not resolve host/i,
  /\bEAI_AGAIN\b/,
  /no space left on device/i,
  /\bENOSPC\b/,
];

/**
 * Whose failure a failed step is: of the change, or of the machine and network it ran on (`infra`: worth a re-run, not a fix).
 * The only place that decides this. A time limit is the change's unless something else killed the step.
 */
export function classify(step: FailedStep): 'change' | 'infra' {
  if (step.ended === 'wall' || step.kind === 'config') return 'change';
  if (step.kind === 'clone') return 'infra';
  if (step.exitCode === 137 || step.signal === 'SIGKILL') return 'infra';
  return machineTrouble.some((pattern) => pattern.test(step.log)) ? 'infra' : 'change';
}
