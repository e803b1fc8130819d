/** Child processes that die with us and take their descendants along. */
export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited. The command is looked up on its PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** Aborting stops it as `stop` does. */
  readonly signal?: AbortSignal;
  /** Called for each stdout or stderr line as it arrives; longer lines are cut at `maxLineBytes` (1 MiB) and marked. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  readonly maxLineBytes?: number;
  readonly wallSeconds?: number;
  /** Time between SIGTERM and SIGKILL when the wall limit or the abort ends it (2000). */
  readonly graceMs?: number;
  /** What it is not to see, where the machine can hide something (`disinto doctor` says so); elsewhere it sees what we see. */
  readonly sight?: Sight;
  /** A file that becomes standard input; otherwise standard input is closed. */
  readonly stdinFile?: string;
}

/** `done` never rejects: a command that cannot start is a result too. */
export interface ProcessResult {
  /** 127 when it could not start; 128 + n when signal n ended the command. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why we ended it (`aborted`: signal or `stop`), or null when it ended by itself. */
  readonly ended: 'wall' | 'aborted' | null;
  /** Why it never ran (no such command, no such folder), in one line for people; else null. */
  readonly spawnError: string | null;
}

export interface RunningProcess {
  /** The process that we started; 0 when it could not start. */
  readonly pid: number;
  /** Settles when the command and everything that it started are gone and every line was handed over. */
  readonly done: Promise<ProcessResult>;
  /** SIGTERM to the command, then after `graceMs` SIGKILL to everything that descends from it. Idempotent; a later call can only hasten the end. */
  stop(graceMs: number): Promise<void>;
}

/** What of this machine a command sees. Absolute paths. */
export interface Sight {
  /** A folder is empty for it, a file too; what is not there is passed over. */
  readonly hidden: readonly string[];
  /** Folders inside of hidden ones that it sees nevertheless: its workspace, for example. */
  readonly writable: readonly string[];
  /** The same, but it only reads them. At most six of both; ours, where this program is installed in a hidden folder, comes by itself. */
  readonly readable: readonly string[];
}
