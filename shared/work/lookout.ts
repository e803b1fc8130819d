import type { Clock } from '#clock';
import type { PullRequest } from '#domain/pull-request';
import type { Sha } from '#domain/sha';
import type { View } from '#forge/view';
import type { Git } from '#git';

/** What an agent remembers between ticks about its view. Losing it costs calls, nothing else. */
interface Memory {
  picture: string;
  fetchedAt: number;
  /** Where the forge said that the branch was pushed to, until the store has it. */
  told: { readonly branch: string; readonly tip: Sha } | null;
  /** Merges that were seen in the store. */
  readonly landed: Set<string>;
}

const memories = new WeakMap<View, Memory>();
const fetchSeconds = 300;
/** A look at a head's statuses serves every agent of the process for this many seconds; nothing is merged on it. */
const sharedSeconds = 0.5;
/** The same while the forge tells of statuses: then this only finds what a webhook failed to tell. */
const toldSeconds = 20;

/** How old a look at a head's statuses may be, in seconds, for whoever does not merge on it. */
export const lookSeconds = (view: View): number => (view.hears('statuses') ? toldSeconds : sharedSeconds);

function remember(view: View): Memory {
  const known = memories.get(view);
  if (known !== undefined) return known;
  const memory: Memory = { picture: '', fetchedAt: Number.NEGATIVE_INFINITY, told: null, landed: new Set() };
  memories.set(view, memory);
  return memory;
}

/**
 * Brings the store up to date when the view saw a head or state move or the branch was pushed to, and every five minutes (M14:
 * nothing is computed from refs that are older than the picture). Free when nothing moved, and without a fetch when whoever
 * pushed, merged or fetched in this process has brought it already.
 */
export async function freshenStore(ports: { readonly view: View; readonly git: Git; readonly clock: Clock }): Promise<void> {
  const memory = remember(ports.view);
  const picture = [...ports.view.pullRequests.values()].map((pull) => `${pull.number}:${pull.head}:${pull.state}`).join();
  const { told } = memory;
  const now = ports.clock.monotonic();
  const isRecent = now - memory.fetchedAt < fetchSeconds * 1000;
  if (isRecent && picture === memory.picture && told === null) return;
  if (!isRecent || !(await holdsPicture(ports, memory))) {
    await ports.git.fetch();
    memory.fetchedAt = now;
  }
  memory.picture = picture;
  if (memory.told === told) memory.told = null;
}

/** Every head is where the picture says, and every merge and push that we heard of is in the store. */
async function holdsPicture({ view, git }: { readonly view: View; readonly git: Git }, { told, landed }: Memory): Promise<boolean> {
  if (told !== null && !(await holds(git, told.branch, told.tip))) return false;
  for (const pull of view.pullRequests.values()) {
    if (pull.state === 'open' && (await git.resolve(`refs/heads/${pull.branch}`)) !== pull.head) return false;
    if (pull.mergeCommit === null || landed.has(pull.mergeCommit)) continue;
    if (!(await holds(git, pull.base, pull.mergeCommit))) return false;
    landed.add(pull.mergeCommit);
  }
  return true;
}

/** The branch in the store is at this commit or past it. */
async function holds(git: Git, branch: string, commit: Sha): Promise<boolean> {
  const tip = await git.resolve(`refs/heads/${branch}`);
  if (tip === null || tip === commit) return tip !== null;
  return (await git.readCommit(commit)) !== null && (await git.isAncestor(commit, tip));
}

/** The forge says that the branch was pushed to: the next `freshenStore` looks whether the store has it. */
export function toldOfPush(view: View, branch: string, tip: Sha): void {
  remember(view).told = { branch, tip };
}

/** The base moved by our own hand: the next `freshenStore` fetches. */
export function storeIsStale(view: View): void {
  remember(view).fetchedAt = Number.NEGATIVE_INFINITY;
}

/**
 * The pull request whose statuses to look at: pending ones are looked at in rotation, one per tick, never seen ones first.
 * `sharing`: one that somebody looked at a moment ago counts as looked at now, which costs nothing.
 */
export function nextToLookAt(view: View, pulls: readonly PullRequest[], now: number, sharing: 'sharing' | 'alone'): number | null {
  const looked = (pull: PullRequest): number => view.lookedAt(pull.head) ?? Number.NEGATIVE_INFINITY;
  const [oldest] = pulls.toSorted((a, b) => looked(a) - looked(b));
  if (oldest === undefined) return null;
  const isSeen = looked(oldest) > Number.NEGATIVE_INFINITY;
  const recent = sharing === 'sharing' && isSeen ? pulls.find((pull) => now - looked(pull) < sharedSeconds * 1000) : undefined;
  return (recent ?? oldest).number;
}
