/** Child processes that die with us and take their descendants along. */
export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Called for each stdout or stderr line as it arrives; longer lines are cut at `maxLineBytes` and marked. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  readonly maxLineBytes?: number;
  readonly wallSeconds?: number;
}

export interface ProcessResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why we ended it, or null when it ended by itself. */
  readonly ended: 'wall' | 'aborted' | null;
}

export interface RunningProcess {
  readonly pid: number;
  readonly done: Promise<ProcessResult>;
  /** SIGTERM to the command, then after `graceMs` SIGKILL to everything that descends from it. Idempotent. */
  stop(graceMs: number): Promise<void>;
}
