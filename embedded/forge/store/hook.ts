import { invalid } from '../refused.ts';
import { seconds, type World } from '../world.ts';

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

export interface HookDraft {
  readonly type: string;
  readonly url: string;
  readonly secret: string;
  readonly authorization: string;
  readonly branchFilter: string;
  readonly events: readonly string[];
  readonly active: boolean;
}

export function insertHook(world: World, repository: number, draft: HookDraft): HookRow {
  if (!URL.canParse(draft.url)) throw invalid(`Invalid url: ${draft.url}`);
  const now = seconds(world);
  const { id } = world.database.run(
    `INSERT INTO hooks (repo_id, type, url, content_type, secret, authorization, branch_filter, events, active, created_at, updated_at)
     VALUES (?, ?, ?, 'json', ?, ?, ?, ?, ?, ?, ?)`,
    repository,
    draft.type,
    draft.url,
    draft.secret,
    draft.authorization,
    draft.branchFilter,
    JSON.stringify(draft.events),
    draft.active ? 1 : 0,
    now,
    now,
  );
  const row = findHook(world, repository, id);
  if (row === undefined) throw new Error('the hook vanished while it was made');
  return row;
}
