import type { Chance, Clock } from '#clock';
import type { ForgeAdmin } from '#forge/admin';
import type { Log } from '#log';
import { createHttp } from '../http/http.ts';
import { createAccounts } from './accounts.ts';
import { createFiles } from './files.ts';
import { createHooks } from './hooks.ts';
import { createProtections } from './protections.ts';
import { createRepositories } from './repositories.ts';
import { createSite } from './site.ts';

interface AdminOptions {
  /** Where the forge answers, without `/api/v1`. */
  readonly url: string;
  /** The administrator's; read for each request. */
  readonly token: () => string;
  /** Limit of one request, from connecting to the last byte. */
  readonly timeoutSeconds: number;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  /** Hides secrets in prose and files that are written to the forge; passwords and secrets of hooks go out as they are. */
  readonly mask?: (text: string) => string;
}

/** A Forgejo or Gitea over REST v1, for whoever sets it up. Makes no request by itself. */
export function createForgeAdmin({ mask = (text) => text, ...options }: AdminOptions): ForgeAdmin {
  const http = createHttp(options);
  const site = createSite(http, options.clock);
  const accounts = createAccounts(site, mask);
  return {
    version: site.version,
    calls: http.calls,
    ...accounts,
    ...createRepositories(site, accounts.me, mask),
    ...createProtections(site),
    ...createHooks(site),
    ...createFiles(site, mask),
  };
}
