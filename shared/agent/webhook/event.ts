import { z } from 'zod';
import type { WakeEvent } from '#agent';

/** What a webhook says happened, as far as it matters for waking somebody. */
export interface WebhookFacts {
  /** `owner/name` */
  readonly repository: string;
  /** Issue or pull request, if it is about one. */
  readonly number: number | null;
  /** Commit, if it is about one. */
  readonly sha: string | null;
  readonly action: string | null;
  /** Of a push: the full ref or the branch. */
  readonly ref: string | null;
  /** Of a status: `success`, `pending`, …; of a review: `approved`, `rejected`, `comment`. */
  readonly state: string | null;
  /** Login of the account that caused it. */
  readonly sender: string | null;
}

const text = z.string().min(1).max(500);
const login = z.looseObject({ login: text });
const sha = z.string().regex(/^[0-9a-f]{40,64}$/);
const numbered = z.looseObject({ number: z.int().positive() });

const payload = z.looseObject({
  repository: z.looseObject({ full_name: text }),
  action: text.optional().catch(undefined),
  sender: login.optional().catch(undefined),
  issue: numbered.optional().catch(undefined),
  pull_request: z
    .looseObject({ number: z.int().positive(), head: z.looseObject({ sha }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  number: z.int().positive().optional().catch(undefined),
  sha: sha.optional().catch(undefined),
  after: sha.optional().catch(undefined),
  ref: text.optional().catch(undefined),
  state: text.optional().catch(undefined),
  review: z.looseObject({ type: text }).nullish().catch(undefined),
});

/** The facts of a payload, or null when it is not one of a repository's event. */
export function readFacts(body: unknown): WebhookFacts | null {
  const parsed = payload.safeParse(body);
  if (!parsed.success) return null;
  const { repository, action, sender, issue, pull_request: pull, number, sha: statusSha, after, ref, state, review } = parsed.data;
  return {
    repository: repository.full_name,
    number: issue?.number ?? pull?.number ?? number ?? null,
    sha: statusSha ?? pull?.head?.sha ?? after ?? null,
    action: action ?? null,
    ref: ref ?? null,
    state: state ?? review?.type.replace(/^pull_request_review_/, '') ?? null,
    sender: sender?.login ?? null,
  };
}

const kinds: readonly (readonly [RegExp, WakeEvent])[] = [
  [/^(push|create|delete)$/, 'push'],
  [/^issues?($|_(label|assign|milestone)$)/, 'issues'],
  [/^(issue|pull_request)_comment$/, 'comment'],
  [/^pull_request_(review(?!_request).*|approved|rejected)$/, 'review'],
  [/^pull_request/, 'pull-request'],
  [/^status$/, 'status'],
];

/** The wake that an event of the forge (its finer name, such as `issue_label`) stands for, or null when nobody cares. */
export function wakeEventOf(event: string): WakeEvent | null {
  return kinds.find(([pattern]) => pattern.test(event))?.[1] ?? null;
}
