import type { World } from '../world.ts';

export interface HookRow {
  readonly id: number;
  readonly repo_id: number;
  readonly type: string;
  readonly url: string;
  readonly content_type: string;
  readonly secret: string;
  readonly authorization: string;
  readonly branch_filter: string;
  /** JSON list of event names. */
  readonly events: string;
  readonly active: number;
  readonly created_at: number;
  readonly updated_at: number;
}

export const listHooks = (world: World, repository: number): HookRow[] =>
  world.database.all<HookRow>('SELECT * FROM hooks WHERE repo_id = ? ORDER BY id', repository);

export const findHook = (world: World, repository: number, id: number): HookRow | undefined =>
  world.database.get<HookRow>('SELECT * FROM hooks WHERE repo_id = ? AND id = ?', repository, id);
