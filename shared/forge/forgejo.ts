import type { Chance, Clock } from '#clock';
import { type Forge, ForgeError, type Permission } from '#forge';
import type { Log } from '#log';
import { createComments } from './comments.ts';
import { createCommits } from './commits.ts';
import type { Neighbours } from './http/circuit.ts';
import { createHttp, jsonOf } from './http/http.ts';
import { createIssues } from './issues.ts';
import { createLabels } from './labels.ts';
import { createMerge } from './merge.ts';
import { createPulls } from './pulls.ts';
import { type Repository, createRepository, fit, prefix } from './repository.ts';
import { createReviews } from './reviews.ts';
import { permission, user } from './schema.ts';

interface ForgeOptions {
  /** Where the forge answers, without `/api/v1`. */
  readonly url: string;
  /** `owner/name`. */
  readonly repository: string;
  /** Read for each request, so that a rotated token counts at once. */
  readonly token: () => string;
  /** Limit of one request, from connecting to the last byte. */
  readonly timeoutSeconds: number;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  /** Hides secrets in every text that is written to the forge. */
  readonly mask?: (text: string) => string;
  /** Shared by all of one process that ask this forge: when it serves one of them again, the others try at once. */
  readonly neighbours?: Neighbours;
}

/** One repository on a Forgejo or Gitea, over REST v1. Makes no request by itself. */
export function createForge(options: ForgeOptions): Forge {
  const http = createHttp(options);
  const repository = createRepository({ name: options.repository, http, clock: options.clock });
  const labels = createLabels(repository);
  const pulls = createPulls(repository, labels);
  let account: Promise<string> | null = null;
  const askAccount = async (): Promise<string> => {
    const call = { method: 'GET', path: `${prefix}/user`, body: null } as const;
    return fit(user, jsonOf(call, await http.send(call)), 'GET user').login;
  };
  const me = (): Promise<string> => {
    account ??= askAccount().catch((error: unknown) => {
      account = null;
      throw error;
    });
    return account;
  };
  return {
    repository: options.repository,
    me,
    calls: http.calls,
    forgeTime: http.time,
    permission: (login) => findPermission(repository, login),
    ensureLabelsExist: labels.ensureExist,
    ensureLabels: labels.ensureOn,
    mergePullRequest: createMerge(repository, pulls.findPullRequest),
    ...pulls,
    ...createIssues(repository, labels),
    ...createComments(repository, me),
    ...createReviews(repository),
    ...createCommits(repository),
  };
}

const permissions: readonly Permission[] = ['owner', 'admin', 'write', 'read', 'none'];

/** The forge tells it to administrators of the repository, and to each account about itself; anybody else gets `forbidden`. */
async function findPermission(repository: Repository, login: string): Promise<Permission> {
  const found = await repository.find(`collaborators/${encodeURIComponent(login)}/permission`, permission);
  if (found === null) return 'none';
  const known = permissions.find((each) => each === found.permission);
  if (known !== undefined) return known;
  throw new ForgeError('malformed', `permission of ${login}: unknown value ${JSON.stringify(found.permission)}`);
}
