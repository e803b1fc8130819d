import { LedgerError } from '#ledger';

interface Advice {
  readonly kind: LedgerError['kind'];
  readonly what: string;
}

/** By SQLite's primary result code. */
const advice: ReadonlyMap<number, Advice> = new Map<number, Advice>([
  [5, { kind: 'locked', what: 'is held by another process for longer than we wait. Look for a stuck process that has it open, then try again' }],
  [6, { kind: 'locked', what: 'is held by another statement. Try again' }],
  [8, { kind: 'misuse', what: 'cannot be written. Check the owner and permissions of the file and its folder' }],
  [10, { kind: 'full', what: 'sits on storage that reports errors. Check free space and the health of the volume' }],
  [11, { kind: 'corrupt', what: 'is damaged. Move it aside (with its -wal and -shm files) and start again: history is lost, no work is' }],
  [13, { kind: 'full', what: 'cannot grow: the disk is full. Free some space, then start again' }],
  [14, { kind: 'misuse', what: 'cannot be opened. Check that its folder exists and is writable' }],
  [26, { kind: 'corrupt', what: 'is not a ledger. Check the path, or move the file aside and start again' }],
]);

/** SQLite's error as a `LedgerError` that names the file and says what to do. */
export function asLedgerError(error: unknown, file: string): LedgerError {
  if (error instanceof LedgerError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const found = advice.get(resultCode(error));
  return found === undefined
    ? new LedgerError('misuse', `The ledger ${file} refused a call: ${detail}`, error)
    : new LedgerError(found.kind, `The ledger ${file} ${found.what}. (${detail})`, error);
}

function resultCode(error: unknown): number {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'errcode') : undefined;
  return typeof code === 'number' ? code & 0xff : -1;
}
