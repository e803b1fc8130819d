import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Clock } from '#clock';
import type { ForgeAdmin } from '#forge/admin';
import { CliError } from '../command.ts';
import { replaceFile } from './files.ts';
import type { SecretFiles } from './secret-files.ts';

const part = z.object({
  /** What this instance made on the forge: a key such as `account dev-bot`, and since when it meant to. */
  made: z.record(z.string(), z.string()),
  /** What was found out by trying, and under which circumstances: a key, and what it holds for. */
  proved: z.record(z.string(), z.string()),
  /** What is under way and must be taken back or finished by whoever comes next. */
  open: z.record(z.string(), z.string()),
});

type Part = z.infer<typeof part>;

const shape = z.object({
  version: z.literal(2),
  /** One part for each forge that the instance ever worked on. */
  forges: z.record(z.string(), part),
  /** Of a time when it was not written down which forge it was. */
  unplaced: part.optional(),
});

type Content = z.infer<typeof shape>;

const older = part
  .extend({ version: z.literal(1) })
  .transform(({ made, proved, open }): Content => ({ version: 2, forges: {}, unplaced: { made, proved, open } }));

/**
 * What an instance did to a forge, in `<data>/init.json`. An entry is written before what it names is done, so nothing of ours is
 * ever unknown; it may name what never came about. Each change is in the file when the verb returns. What was made counts on the
 * forge that it was made on, and on no other: the same login is somebody else's there.
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

/** Which forge a journal is opened for. */
export interface JournalForge {
  /** As `forgeKey` says it. */
  readonly key: string;
  /** Whether the forge takes one of the tokens in `secrets/` for the account that it was made for. Asked only for a journal of old. */
  knowsUs(): Promise<boolean>;
}

/** Name of a forge in the journal: its address, or `embedded`, because the one in our data folder stays the same behind any address. */
export function forgeKey({ url, embedded }: { readonly url: string; readonly embedded: boolean }): string {
  if (embedded) return 'embedded';
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`.replace(/\/+$/, '');
}

/** Whether the forge takes the stored token of one of the accounts as that account's. Tokens are made by the forge, so no other forge takes one. */
export async function takesOurToken(
  admin: Pick<ForgeAdmin, 'tokenOwner'>,
  secrets: Pick<SecretFiles, 'read'>,
  accounts: readonly { readonly login: string; readonly tokenFile: string }[],
): Promise<boolean> {
  for (const { login, tokenFile } of accounts) {
    const token = secrets.read(tokenFile);
    if (token !== null && (await admin.tokenOwner(token))?.toLowerCase() === login.toLowerCase()) return true;
  }
  return false;
}

const nothing: Part = { made: {}, proved: {}, open: {} };

/**
 * Opens the part of the journal at `file` that is about one forge; nothing is written until something is recorded. What other processes
 * record is seen at once. A journal of old does not say which forge it is about: all of it counts for this one when the forge takes a
 * token in `secrets/` (then it is the one that gave it), and none of it otherwise; it is kept until the right forge comes again.
 * Throws `CliError` when the file is not a journal.
 */
export async function openJournal(file: string, clock: Clock, forge: JournalForge): Promise<Journal> {
  const { unplaced, forges } = read(file);
  const adopts = unplaced !== undefined && forges[forge.key] === undefined && (await forge.knowsUs());
  const now = (): Part => {
    const content = read(file);
    return content.forges[forge.key] ?? (adopts ? content.unplaced : undefined) ?? nothing;
  };
  const write = (change: Partial<Part>): void => {
    const { unplaced: old, ...content } = read(file);
    const kept = old === undefined || adopts ? {} : { unplaced: old };
    const next: Content = { ...content, forges: { ...content.forges, [forge.key]: { ...now(), ...change } }, ...kept };
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    replaceFile(file, `${JSON.stringify(next, null, 2)}\n`, 0o600);
  };
  const without = (entries: Record<string, string>, key: string): Record<string, string> =>
    Object.fromEntries(Object.entries(entries).filter(([each]) => each !== key));
  return {
    made: (key) => now().made[key] !== undefined,
    make: (key) => {
      const { made } = now();
      if (made[key] === undefined) write({ made: { ...made, [key]: clock.now().toISOString() } });
    },
    forget: (key) => write({ made: without(now().made, key) }),
    proved: (key, holdsFor) => now().proved[key] === holdsFor,
    provedFor: (key) => now().proved[key] ?? null,
    prove: (key, holdsFor) => write({ proved: { ...now().proved, [key]: holdsFor } }),
    open: (key) => now().open[key] ?? null,
    begin: (key, what) => write({ open: { ...now().open, [key]: what } }),
    end: (key) => write({ open: without(now().open, key) }),
  };
}

function read(file: string): Content {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { version: 2, forges: {} };
    throw error;
  }
  try {
    return z.union([shape, older]).parse(JSON.parse(text));
  } catch (error) {
    throw new CliError(
      `${file} is not the journal that \`disinto init\` keeps; move it away, then what is on the forge is judged by names and marks alone`,
      1,
      error,
    );
  }
}
