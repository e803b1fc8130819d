import type { Ledger } from '#ledger';

/** Seconds from the first to the last event of each issue, as far as the ledger knows. */
export function secondsPerIssue(ledger: Ledger): ReadonlyMap<number, number> {
  const spans = new Map<number, { first: number; last: number }>();
  const pulls = new Map<number, number>();
  for (const event of ledger.events.list({})) {
    const issue = issueOf(event.subject, event.data, pulls);
    if (issue === null) continue;
    const at = event.at.getTime();
    const span = spans.get(issue) ?? { first: at, last: at };
    spans.set(issue, { first: Math.min(span.first, at), last: Math.max(span.last, at) });
  }
  return new Map([...spans].map(([issue, { first, last }]) => [issue, (last - first) / 1000]));
}

function issueOf(subject: string | null, data: Readonly<Record<string, unknown>>, pulls: Map<number, number>): number | null {
  const found = /^(issue|pr):(\d+)$/.exec(subject ?? '');
  if (found === null) return null;
  const number = Number(found[2]);
  if (found[1] === 'pr') return typeof data['issue'] === 'number' ? data['issue'] : (pulls.get(number) ?? null);
  if (typeof data['pr'] === 'number') pulls.set(data['pr'], number);
  return number;
}
