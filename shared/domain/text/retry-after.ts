/** Seconds of a Retry-After header, given as a number or as a date of the server's clock (`now`); null when there is none that makes sense. */
export function secondsOfRetryAfter(header: unknown, now: Date): number | null {
  if (typeof header !== 'string') return null;
  const text = header.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  // Anything goes for Date.parse, also "-5": only what looks like a date of HTTP is one.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d{2}:\d{2}:\d{2}/.test(text)) return null;
  const seconds = (Date.parse(text) - now.getTime()) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
