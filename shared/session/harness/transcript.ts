import { closeSync, openSync, writeSync } from 'node:fs';
import { SessionError } from '#session';

/** Characters. */
const longest = 64 * 1024 * 1024;

/** The raw record of a session: one JSON document a line as the CLI printed it, and lines of our own that begin with `{"disinto":`. */
export interface Transcript extends Disposable {
  line(line: string): void;
  note(kind: 'prompt' | 'stderr' | 'started' | 'ended', text: string): void;
}

/**
 * Opens (or goes on with) a transcript; every line is masked before it is written. Lines are written at once, so that a killed
 * process leaves all it saw. Throws `SessionError` `disk` when the file cannot be written at all; a disk that fills up later
 * only cuts the record, which is not worth the session.
 */
export function openTranscript(file: string, mask: (text: string) => string): Transcript {
  const descriptor = open(file);
  let size = 0;
  const line = (text: string): void => {
    if (size > longest) return;
    const whole = `${mask(text)}\n`;
    size += whole.length;
    try {
      writeSync(descriptor, size > longest ? '{"disinto":"cut","text":"the transcript is too long; the rest is not kept"}\n' : whole);
    } catch {
      size = longest + 1;
    }
  };
  return { line, note: (kind, text) => line(JSON.stringify({ disinto: kind, text })), [Symbol.dispose]: () => closeSync(descriptor) };
}

function open(file: string): number {
  try {
    return openSync(file, 'a', 0o600);
  } catch (error) {
    throw new SessionError('disk', `Cannot write the transcript ${file}. Check that the folder exists, is ours and has space.`, error);
  }
}
