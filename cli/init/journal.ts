import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Clock } from '#clock';
import { CliError } from '../command.ts';
import { replaceFile } from './files.ts';

const shape = z.object({
  version: z.literal(1),
  /** What this instance made on the forge: a key such as `account dev-bot`, and since when it meant to. */
  made: z.record(z.string(), z.string()),
  /** What was found out by trying, and under which circumstances: a key, and what it holds for. */
  proved: z.record(z.string(), z.string()),
  /** What is under way and must be taken back or finished by whoever comes next. */
  open: z.record(z.string(), z.string()),
});

type Content = z.infer<typeof shape>;

/**
 * What an instance did to a forge, in `<data>/init.json`. An entry is written before what it names is done, so nothing of ours is
 * ever unknown; it may name what never came about. Each change is in the file when the verb returns.
 */
export interface Journal {
  /** Whether this instance made it. */
  made(key: string): boolean;
  make(key: string): void;
  forget(key: string): void;
  /** Whether it was proved for exactly this. */
  proved(key: string, holdsFor: string): boolean;
  prove(key: string, holdsFor: string): void;
  /** What it was proved for last, or null. */
  provedFor(key: string): string | null;
  /** What was written down as under way, or null. */
  open(key: string): string | null;
  begin(key: string, what: string): void;
  end(key: string): void;
}

const empty: Content = { version: 1, made: {}, proved: {}, open: {} };

/** Reads the journal at `file`; nothing is written until something is recorded. Throws `CliError` when it is not a journal. */
export function openJournal(file: string, clock: Clock): Journal {
  let content = read(file);
  const write = (next: Content): void => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    replaceFile(file, `${JSON.stringify(next, null, 2)}\n`, 0o600);
    content = next;
  };
  const without = (entries: Record<string, string>, key: string): Record<string, string> =>
    Object.fromEntries(Object.entries(entries).filter(([each]) => each !== key));
  return {
    made: (key) => content.made[key] !== undefined,
    make: (key) => {
      if (content.made[key] === undefined) write({ ...content, made: { ...content.made, [key]: clock.now().toISOString() } });
    },
    forget: (key) => write({ ...content, made: without(content.made, key) }),
    proved: (key, holdsFor) => content.proved[key] === holdsFor,
    provedFor: (key) => content.proved[key] ?? null,
    prove: (key, holdsFor) => write({ ...content, proved: { ...content.proved, [key]: holdsFor } }),
    open: (key) => content.open[key] ?? null,
    begin: (key, what) => write({ ...content, open: { ...content.open, [key]: what } }),
    end: (key) => write({ ...content, open: without(content.open, key) }),
  };
}

function read(file: string): Content {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return empty;
    throw error;
  }
  try {
    return shape.parse(JSON.parse(text));
  } catch (error) {
    throw new CliError(
      `${file} is not the journal that \`disinto init\` keeps; move it away, then what is on the forge is judged by names and marks alone`,
      1,
      error,
    );
  }
}
