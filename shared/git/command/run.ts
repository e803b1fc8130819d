import { execa } from 'execa';
import { classify, gitFailure } from './failure.ts';

export interface Command {
  readonly args: readonly string[];
  readonly input?: string;
  /** Added to the fixed environment; nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are answers, not errors. */
  readonly accept?: readonly number[];
  readonly cwd?: string;
  readonly seconds?: number;
  /** Output is cut here, and the command ended, instead of filling memory. */
  readonly maxBytes?: number;
}

export interface Ran {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Whether `maxBytes` was reached. */
  readonly cut: boolean;
}

/** Runs git. Throws GitError for an exit code that `accept` does not name (default: only 0). */
export type Run = (command: Command) => Promise<Ran>;

const localSeconds = 120;

/** `hide` masks our secret in git's texts: the forge's hooks may echo what they were sent. */
export function createRun(env: Readonly<Record<string, string>>, hide: (text: string) => string): Run {
  return async (command) => {
    const seconds = command.seconds ?? localSeconds;
    const result = await execa('git', [...command.args], {
      env: { ...env, ...command.env },
      extendEnv: false,
      cwd: command.cwd ?? '/',
      input: command.input ?? '',
      timeout: seconds * 1000,
      forceKillAfterDelay: 5000,
      maxBuffer: command.maxBytes ?? 256 * 1024 * 1024,
      stripFinalNewline: false,
      encoding: 'buffer',
      reject: false,
    });
    const what = `git ${command.args.find((arg) => /^[a-z][a-z-]*$/.test(arg)) ?? ''}`;
    const cut = result.isMaxBuffer === true;
    const stderr = hide(Buffer.from(result.stderr).toString('utf8'));
    if (result.code === 'ENOENT') throw gitFailure('missing', what, result.originalMessage ?? '');
    if (result.timedOut) throw gitFailure('unavailable', what, `timed out after ${seconds} s. ${stderr}`);
    const code = cut && command.maxBytes !== undefined ? 0 : result.exitCode;
    if (code !== undefined && (command.accept ?? [0]).includes(code)) return { code, stdout: Buffer.from(result.stdout), stderr, cut };
    throw gitFailure(classify(stderr), what, stderr === '' ? (result.originalMessage ?? `exit ${String(code)}`) : stderr, result);
  };
}

/** Output as text without the final newline. */
export function text(ran: Ran): string {
  return ran.stdout.toString('utf8').replace(/\n$/, '');
}

/** Output of a `-z` command as its fields. */
export function fields(ran: Ran): string[] {
  return ran.stdout.toString('utf8').split('\0').slice(0, -1);
}
