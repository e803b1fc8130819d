import { forbidden } from '../refused.ts';
import { needCaller, type Call } from '../route.ts';
import type { UserRow } from '../store/user.ts';

/** The caller, if it administers the site. */
export function needSiteAdmin(call: Call): UserRow {
  const user = needCaller(call);
  if (user.admin !== 1) throw forbidden('Must be a site admin');
  return user;
}
