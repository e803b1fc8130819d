import type { OutgoingHttpHeaders } from 'node:http';
import type { Fault, Passing } from './proxy.ts';
import type { Outage } from './story.ts';

/** As the ledger calls them. */
export const causes = {
  away: 'forge unavailable',
  limited: 'forge rate-limited',
  malformed: 'forge malformed',
  auth: (login: string) => `forge auth ${login}`,
  forbidden: (login: string) => `forge forbidden ${login}`,
  gone: 'forge not-found *',
} as const;

type Choose = (passing: Passing) => Fault | null;

/** Every request meets this until the outage is over. */
export const meets = (choose: Choose): Pick<Outage, 'begin' | 'end'> => ({
  begin: ({ proxy }) => proxy.meet(choose),
  end: ({ proxy }) => proxy.meet(null),
});

/** The statuses in turn, to everything that is asked. */
export function answers(statuses: readonly number[], headers: OutgoingHttpHeaders, body: string): Choose {
  let asked = 0;
  return () => ({ kind: 'answer', status: statuses[asked++ % statuses.length] ?? 500, headers, body });
}

/**
 * Each kind of write meets it once, REST and git; reads pass. Git itself hangs on half an answer that looks whole, until our time
 * limit ends it: that is left out.
 */
export function once(fault: Fault): Choose {
  const met = new Set<string>();
  return ({ method, path, isGit }) => {
    const isWrite = isGit ? method === 'POST' && path.endsWith('git-receive-pack') && fault.kind !== 'truncate' : method !== 'GET';
    const kind = `${method} ${path.replaceAll(/\d+/g, '#')}`;
    if (!isWrite || met.has(kind)) return null;
    met.add(kind);
    return fault;
  };
}
