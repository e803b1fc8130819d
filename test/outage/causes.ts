import dns from 'node:dns';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Fault, Passing } from './world/proxy.ts';
import type { Outage } from './story.ts';
import type { Account } from '../contract/forge/world.ts';

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

/** The forge takes these accounts' tokens no more, over REST and git, until the end of it brings new ones. */
export function refuses(logins: readonly Account[], message: string): Pick<Outage, 'begin' | 'end'> {
  const body = JSON.stringify({ message });
  return {
    begin: (world) => {
      const tokens = logins.map((login) => world.tokens[login]);
      world.proxy.meet(({ credential }) => (tokens.some((token) => credential.endsWith(token)) ? { kind: 'answer', status: 401, body } : null));
    },
    end: ({ proxy }) => proxy.meet(null),
  };
}

/** Agents know the forge by a name, and for a while nobody can say what it stands for. */
export function nameless(): Pick<Outage, 'address' | 'begin' | 'end' | 'deaf'> {
  const lookup = dns.lookup;
  const fails = (name: string, ...rest: readonly unknown[]): void => {
    if (name !== 'localhost') return void Reflect.apply(lookup, dns, [name, ...rest]);
    const done = rest.at(-1) as (error: Error) => void;
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: name });
    setImmediate(() => done(error));
  };
  return {
    deaf: true,
    address: (url) => url.replace('127.0.0.1', 'localhost'),
    begin: async ({ proxy }) => {
      dns.lookup = fails as unknown as typeof dns.lookup;
      // Connections that stand need no name.
      await proxy.leave();
      await proxy.comeBack();
    },
    end: () => {
      dns.lookup = lookup;
    },
  };
}

/** Lists come empty with status 200 and a total of 0; what is asked for by number is there. The agents start anew into it. */
export function emptyLists(): Pick<Outage, 'begin' | 'end'> {
  return {
    begin: async ({ proxy, restart }) => {
      proxy.meet(({ method, path }) =>
        method === 'GET' && /\/(?:issues|pulls)\?/.test(path)
          ? { kind: 'answer', status: 200, headers: { 'content-type': 'application/json', 'x-total-count': '0' }, body: '[]' }
          : null,
      );
      await restart();
    },
    end: ({ proxy }) => proxy.meet(null),
  };
}
