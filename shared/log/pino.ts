import { writeSync } from 'node:fs';
import { pino } from 'pino';
import type { Logger } from 'pino';
import type { Log, SecretRegistry } from '#log';
import { renderLine } from './pretty.ts';
import { masked } from './token-shapes.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'silent';

export interface LogOptions {
  readonly level: LogLevel;
  readonly secrets: SecretRegistry;
  /** A file descriptor or anything that takes lines; standard error when absent (standard output belongs to results). */
  readonly destination?: number | { write(line: string): unknown };
  /** plain: one short line for people instead of one JSON object. */
  readonly format?: 'json' | 'plain';
}

const secretNames = ['token', 'password', 'secret', 'key', 'apiKey', 'authorization', 'Authorization', 'cookie'];
const redactedPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** The log of a process: JSON lines (or plain ones), redacted by key and masked by value before they leave. */
export function createLog(options: LogOptions): Log {
  const write = writerOf(options.destination ?? 2);
  const render = options.format === 'plain' ? renderLine : (line: string) => line;
  const stream = { write: (line: string) => write(options.secrets.mask(render(line))) };
  const serializers = { err: pino.stdSerializers.errWithCause, error: pino.stdSerializers.errWithCause, cause: pino.stdSerializers.errWithCause };
  return wrap(
    pino(
      {
        level: options.level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        redact: { paths: redactedPaths, censor: masked },
        serializers,
      },
      stream,
    ),
  );
}

/** Drops everything; for tests and for callers that only want results. */
export const silentLog: Log = { error() {}, warn() {}, info() {}, debug() {}, child: () => silentLog };

function wrap(logger: Logger): Log {
  return {
    error: (fields, message) => logger.error(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    info: (fields, message) => logger.info(fields, message),
    debug: (fields, message) => logger.debug(fields, message),
    child: (fields) => wrap(logger.child(fields)),
  };
}

function writerOf(destination: number | { write(line: string): unknown }): (line: string) => void {
  if (typeof destination !== 'number') return (line) => void destination.write(line);
  return (line) => {
    try {
      writeSync(destination, line);
    } catch {
      // A reader that went away or a full pipe must not end the factory; the ledger has what matters.
    }
  };
}
