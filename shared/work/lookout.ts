import type { Clock } from '#clock';
import type { PullRequest } from '#domain/pull-request';
import type { View } from '#forge/view';
import type { Git } from '#git';

/** What an agent remembers between ticks about its view. Losing it costs calls, nothing else. */
interface Memory {
  picture: string;
  fetchedAt: number;
  readonly lookedAt: Map<number, number>;
}

const memories = new WeakMap<View, Memory>();
const fetchSeconds = 300;
/** A look at a head's statuses serves every agent of the process for this long; nothing is merged on it. */
export const lookSeconds = 1;

function remember(view: View): Memory {
  const known = memories.get(view);
  if (known !== undefined) return known;
  const memory: Memory = { picture: '', fetchedAt: Number.NEGATIVE_INFINITY, lookedAt: new Map() };
  memories.set(view, memory);
  return memory;
}

/**
 * Brings the store up to date when the view saw a head or state move, and every five minutes (M14: nothing is computed from
 * refs that are older than the picture). Free when nothing moved.
 */
export async function freshenStore(ports: { readonly view: View; readonly git: Git; readonly clock: Clock }): Promise<void> {
  const memory = remember(ports.view);
  const picture = [...ports.view.pullRequests.values()].map((pull) => `${pull.number}:${pull.head}:${pull.state}`).join();
  const now = ports.clock.monotonic();
  if (picture === memory.picture && now - memory.fetchedAt < fetchSeconds * 1000) return;
  await ports.git.fetch();
  memory.picture = picture;
  memory.fetchedAt = now;
}

/** The base moved by our own hand: the next `freshenStore` fetches. */
export function storeIsStale(view: View): void {
  remember(view).fetchedAt = Number.NEGATIVE_INFINITY;
}

/** The pull request whose statuses were asked for longest ago: pending ones are looked at in rotation, one per tick. */
export function nextToLookAt(view: View, pulls: readonly PullRequest[], now: number): number | null {
  const { lookedAt } = remember(view);
  const looked = (pull: PullRequest): number => lookedAt.get(pull.number) ?? Number.NEGATIVE_INFINITY;
  const [next] = pulls.toSorted((a, b) => looked(a) - looked(b));
  if (next === undefined) return null;
  lookedAt.set(next.number, now);
  return next.number;
}
