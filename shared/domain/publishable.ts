/**
 * Model or outside text made fit for a comment, review, commit message or pull request of ours: it cannot forge one of our
 * hidden marks, close a foreign issue when it lands, or hide characters. Cut at `max` characters with a visible note.
 */
export function publishable(text: string, max: number): string {
  const visible = text
    .replace(/<!--/g, '&lt;!--')
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu, '')
    // oxlint-disable-next-line no-control-regex -- control characters are what is removed
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '')
    .replace(/\b(clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing))(:?\s+)(?=(?:[\w.-]+\/[\w.-]+)?#\d)/gi, '$1$2issue ')
    .trim();
  return visible.length <= max ? visible : `${visible.slice(0, max)}\n[cut at ${max} characters]`;
}

/** The first line of a text, at most `max` characters: for titles, reasons and tables. */
export function firstLine(text: string, max = 200): string {
  const line =
    publishable(text, 4 * max)
      .split(/\r?\n/, 1)[0]
      ?.trim() ?? '';
  return line.length <= max ? line : `${line.slice(0, max - 1)}…`;
}
