import diagnostics from 'node:diagnostics_channel';
import type { ChildProcess } from 'node:child_process';

/** What this process does to the outside: HTTP requests of the adapters, git commands that reach a forge. */
export interface Traffic {
  /** Requests whose client has neither a whole answer nor an error yet. */
  open(): number;
  /** Requests to this origin and git commands to a forge so far. */
  calls(origin: string): { readonly rest: number; readonly git: number };
  stop(): void;
}

interface Message {
  readonly request: { readonly origin: unknown };
}

/** Listens to what undici and Node announce by themselves: nothing is wrapped, also requests that nobody answers are seen. */
export function watchTraffic(): Traffic {
  const open = new Set<object>();
  const origins: string[] = [];
  const children: ChildProcess[] = [];
  const listeners: Readonly<Record<string, (message: unknown) => void>> = {
    'undici:request:create': (message) => {
      const { request } = message as Message;
      open.add(request);
      origins.push(String(request.origin));
    },
    'undici:request:trailers': (message) => void open.delete((message as Message).request),
    'undici:request:error': (message) => void open.delete((message as Message).request),
    child_process: (message) => void children.push((message as { process: ChildProcess }).process),
  };
  for (const [name, listener] of Object.entries(listeners)) diagnostics.subscribe(name, listener);
  const reachesForge = (child: ChildProcess): boolean =>
    child.spawnargs?.[0] === 'git' && child.spawnargs.includes('forge') && ['fetch', 'push', 'ls-remote'].some((verb) => child.spawnargs.includes(verb));
  return {
    open: () => open.size,
    calls: (origin) => ({ rest: origins.filter((each) => each === origin).length, git: children.filter(reachesForge).length }),
    stop: () => {
      for (const [name, listener] of Object.entries(listeners)) diagnostics.unsubscribe(name, listener);
    },
  };
}

/** Sockets and servers stay open, timers belong to nobody who is waited for; anything else is work. */
const resting = new Set(['TTYWrap', 'TCPSocketWrap', 'TCPServerWrap', 'Timeout', 'Immediate', 'MessagePort', 'TickObject', 'ConnectWrap']);
const quietTurns = 6;
const longestMs = 30_000;

/** Resolves when nothing goes on in this process: no request is open but the `held` ones, no command runs, no file is touched. */
export function createRest(traffic: Traffic, held: () => number): () => Promise<void> {
  // A forge that runs as a child of ours is always there.
  let usual = Number.POSITIVE_INFINITY;
  return async () => {
    const limit = performance.now() + longestMs;
    for (let quiet = 0; quiet < quietTurns;) {
      await new Promise((resolve) => setImmediate(resolve));
      const works = working().length;
      usual = Math.min(usual, works);
      const busy = traffic.open() > held() || works > usual;
      quiet = busy ? 0 : quiet + 1;
      if (busy) await new Promise((resolve) => setTimeout(resolve, 1));
      if (performance.now() > limit) throw new Error(`it does not come to rest: ${traffic.open()} requests are open (${held()} held), ${String(working())}`);
    }
  };
}

const working = (): readonly string[] => process.getActiveResourcesInfo().filter((name) => !resting.has(name) && !name.startsWith('HTTP'));
