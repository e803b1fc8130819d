import { Refused } from '../refused.ts';
import { isSha } from './ref.ts';

/** One thing a push asks for. `before` is what the client believes, all zero for a new ref; `after` all zero deletes. */
export interface PushCommand {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

/**
 * The commands at the start of a push, as far as they arrived. Null: more bytes are needed.
 * 400 when the bytes are not the protocol.
 */
export function parsePushCommands(bytes: Buffer): PushCommand[] | null {
  const commands: PushCommand[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const header = bytes.toString('latin1', at, at + 4);
    if (!/^[0-9a-f]{4}$/i.test(header)) throw new Refused(400, 'the push does not start with packet lines');
    const length = Number.parseInt(header, 16);
    if (length === 0) return commands;
    if (length < 4) throw new Refused(400, 'the push has a packet line that ends before it starts');
    if (at + length > bytes.length) return null;
    const [before = '', after = '', ...name] = (bytes.toString('utf8', at + 4, at + length).split('\0')[0] ?? '').trimEnd().split(' ');
    if (isSha(before) && isSha(after)) commands.push({ before, after, ref: name.join(' ') });
    at += length;
  }
  return null;
}

/** Reads from `source` until the commands are there. Answers them, and everything read so far. */
export async function readPushCommands(source: AsyncIterator<Buffer>): Promise<{ commands: PushCommand[]; read: Buffer }> {
  let read: Buffer = Buffer.alloc(0);
  for (;;) {
    const next = await source.next();
    if (next.done === true) return { commands: parsePushCommands(read) ?? [], read };
    read = Buffer.concat([read, next.value]);
    const commands = parsePushCommands(read);
    if (commands !== null) return { commands, read };
    if (read.length > 8 * 1024 * 1024) throw new Refused(400, 'the push names too many refs');
  }
}
