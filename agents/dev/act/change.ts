import type { Outcome, Ports } from '#agent';
import type { Item } from '#dev/snapshot';
import type { Comment } from '#domain/issue';
import type { Sha } from '#domain/sha';

export type DevPorts = Pick<Ports, 'forge' | 'view' | 'git' | 'ci' | 'sessions' | 'ledger' | 'clock'>;

/** Why a session that answered done has failed all the same. */
export const nothingChanged = 'it answered done, but nothing changed';

/** One session that is to change a branch. */
export interface ChangeRequest {
  readonly item: Item;
  readonly task: 'implement' | 'fix-checks' | 'address-review' | 'resolve-conflict';
  readonly cause: string;
  readonly pullRequest: number | null;
  readonly branch: string;
  /** Commit that the session starts from, and the value the branch must have on the forge when we push (null: absent). */
  readonly at: Sha;
  readonly expect: Sha | null;
  /** Commit of the base that is being merged in, for conflicts. */
  readonly merge: Sha | null;
  readonly prompt: string;
  readonly comments: readonly Comment[];
}

/** `published`: the branch on the forge is at `head` now. Everything else has been said and recorded: just end the tick with it. */
export type ChangeResult = { readonly kind: 'published'; readonly head: Sha; readonly summary: string } | { readonly kind: 'ended'; readonly outcome: Outcome };
