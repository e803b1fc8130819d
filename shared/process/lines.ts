/** Cuts a byte stream into lines. `push` takes chunks in order, `end` hands over a last line that has no newline. */
export interface LineSplitter {
  push(chunk: Buffer): void;
  end(): void;
}

/**
 * Lines are decoded whole, so that a character split over two chunks stays intact; a `\r` before the newline is dropped.
 * A line longer than `maxBytes` is cut there and says how much is missing; memory stays bounded by that.
 */
export function splitLines(maxBytes: number, onLine: (line: string) => void): LineSplitter {
  let parts: Buffer[] = [];
  let kept = 0;
  let dropped = 0;

  const add = (bytes: Buffer): void => {
    const room = maxBytes - kept;
    if (bytes.length > room) dropped += bytes.length - room;
    const take = bytes.length > room ? bytes.subarray(0, room) : bytes;
    if (take.length > 0) parts.push(take);
    kept += take.length;
  };
  const flush = (): void => {
    const text = Buffer.concat(parts, kept).toString('utf8');
    const line = dropped > 0 ? `${text}… [${dropped} more bytes cut]` : text.endsWith('\r') ? text.slice(0, -1) : text;
    parts = [];
    kept = 0;
    dropped = 0;
    onLine(line);
  };
  return {
    push: (chunk) => {
      let from = 0;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
        add(chunk.subarray(from, at));
        flush();
        from = at + 1;
      }
      if (from < chunk.length) add(chunk.subarray(from));
    },
    end: () => {
      if (kept > 0 || dropped > 0) flush();
    },
  };
}
