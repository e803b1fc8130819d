import { type ParseArgsConfig, parseArgs } from 'node:util';

/** One command of `disinto`: data, so that help and parsing come from the same place. */
export interface Command {
  readonly name: string;
  /** For example `FOLDER [--keep DIR]`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Longer help, below the options. */
  readonly details?: string;
  /** How many words it takes besides options. */
  readonly words: { readonly min: number; readonly max: number };
  /** Exit code. Throws `CliError` for what the user can mend. */
  readonly run: (args: Args) => Promise<number>;
}

export interface OptionSpec {
  readonly kind: 'text' | 'flag';
  /** What stands for the value in help, for example `DIR`. */
  readonly value?: string;
  readonly summary: string;
}

export interface Args {
  readonly words: readonly string[];
  text(name: string): string | null;
  flag(name: string): boolean;
}

/** Something the user can mend: printed as it is, without a stack, exit code 1 (2 for a wrong call). */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: number;
  constructor(message: string, code = 1, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

/** Parses the words after the command's name. Throws `CliError` (code 2) naming what is wrong and how to call it. */
export function parseCall(command: Command, argv: readonly string[]): Args {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, spec] of Object.entries(command.options)) options[name] = { type: spec.kind === 'flag' ? 'boolean' : 'string' };
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
    if (positionals.length < command.words.min || positionals.length > command.words.max) {
      throw new CliError(
        `disinto ${command.name}: ${positionals.length < command.words.min ? 'something is missing' : `unexpected ${positionals.slice(command.words.max).join(' ')}`}\nCall it as: ${callOf(command)}`,
        2,
      );
    }
    return {
      words: positionals,
      text: (name) => (typeof values[name] === 'string' ? values[name] : null),
      flag: (name) => values[name] === true,
    };
  } catch (error) {
    if (error instanceof CliError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new CliError(`disinto ${command.name}: ${message}\nCall it as: ${callOf(command)}`, 2, error);
  }
}

const callOf = ({ name, usage }: Command): string => `disinto ${name} ${usage}`.trimEnd();

/** Help of one command. */
export function renderHelp(command: Command): string {
  const rows = Object.entries(command.options).map(
    ([name, spec]) => [`--${name}${spec.kind === 'text' ? ` ${spec.value ?? 'VALUE'}` : ''}`, spec.summary] as const,
  );
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  const list = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
  return [
    callOf(command),
    '',
    command.summary,
    ...(list.length > 0 ? ['', 'Options:', ...list] : []),
    ...(command.details === undefined ? [] : ['', command.details]),
    '',
  ].join('\n');
}

const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `30s`, `10m`, `2h`, `1d`. Throws `CliError` naming the option. */
export function parseSeconds(option: string, text: string): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  if (found === null) throw new CliError(`--${option} ${text}: not a duration; write it as 30s, 10m, 2h or 1d`, 2);
  return Number(found[1]) * (units[found[2] ?? 's'] ?? 1);
}
