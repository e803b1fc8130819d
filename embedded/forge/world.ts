import type { Chance, Clock } from '#clock';
import type { Log } from '#log';
import type { Checks } from './rules/check.ts';
import type { Database } from './store/database.ts';
import type { Git } from './git/run.ts';
import type { Deliveries } from './change/deliver.ts';

/** What every part of the server works with. */
export interface World {
  readonly directory: string;
  readonly database: Database;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly git: Git;
  readonly checks: Checks;
  readonly deliveries: Deliveries;
  /** Base URL the server listens on, without a slash at the end; for links in webhooks. */
  url(): string;
  /** Repositories that receive a push or merge at this moment: their refs may be ahead of the database. */
  readonly busy: Map<number, number>;
  readonly gitTakesTokens: boolean;
}

/** Whole seconds since 1970: the resolution of every time the interface shows. */
export const seconds = (world: Pick<World, 'clock'>): number => Math.floor(world.clock.now().getTime() / 1000);

/** RFC 3339 without fractions, or null. */
export function timeText(at: number): string;
export function timeText(at: number | null): string | null;
export function timeText(at: number | null): string | null {
  return at === null ? null : new Date(at * 1000).toISOString().replace('.000Z', 'Z');
}
