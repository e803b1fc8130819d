/** Collects a step's output up to a size: its first half is kept as it came, then only the newest lines. */
export interface LogText {
  write(line: string): void;
  text(): string;
}

/** `maxBytes` bounds what `text` returns, except for one line about what was left out. */
export function collectLog(maxBytes: number): LogText {
  const head: string[] = [];
  let headBytes = 0;
  let tail: string[] = [];
  let tailBytes = 0;
  let dropped = 0;
  const sizeOf = (line: string): number => Buffer.byteLength(line) + 1;
  const trim = (): void => {
    let from = 0;
    for (; tailBytes > maxBytes / 2 && from < tail.length; from += 1) tailBytes -= sizeOf(tail[from] ?? '');
    dropped += from;
    tail = tail.slice(from);
  };
  return {
    write: (line) => {
      const bytes = sizeOf(line);
      if (tail.length === 0 && dropped === 0 && headBytes + bytes <= maxBytes / 2) {
        head.push(line);
        headBytes += bytes;
        return;
      }
      tail.push(line);
      tailBytes += bytes;
      // Twice the room before trimming, so that it does not happen on every line.
      if (tailBytes > maxBytes) trim();
    },
    text: () => {
      trim();
      const gap = dropped === 0 ? [] : [`… ${dropped} lines left out …`];
      return [...head, ...gap, ...tail].join('\n');
    },
  };
}
