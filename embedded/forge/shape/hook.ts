import type { HookRow } from '../store/hook.ts';
import { timeText } from '../world.ts';
import type { Json } from './shape.ts';

/** Never shows the secret. */
export const showHook = (hook: HookRow): Json => ({
  id: hook.id,
  type: hook.type,
  branch_filter: hook.branch_filter,
  config: { content_type: hook.content_type, url: hook.url },
  events: JSON.parse(hook.events),
  authorization_header: '',
  active: hook.active === 1,
  url: hook.url,
  content_type: hook.content_type,
  metadata: null,
  updated_at: timeText(hook.updated_at),
  created_at: timeText(hook.created_at),
});
