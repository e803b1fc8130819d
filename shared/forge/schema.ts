import { z } from 'zod';
import type { Comment, Issue } from '#domain/issue';
import { type Sha, asSha } from '#domain/sha';
import { untrusted } from '#domain/untrusted';
import type { TimelineEvent } from '#forge';

/**
 * The fields of the REST v1 answers that we read, and nothing else: unknown fields are ignored, a list or text that is null
 * counts as empty, a deleted account as ''. What identifies or dates an item must be there.
 */

export const number = z.int().nonnegative();
export const text = z
  .string()
  .nullish()
  .transform((value) => untrusted(value ?? ''));
export const plain = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
export const user = z.object({ login: z.string() });
export const login = user.nullish().transform((value) => value?.login ?? '');
export const logins = z
  .array(user)
  .nullish()
  .transform((value) => (value ?? []).map((each) => each.login));
export const state = z.string().transform((value): 'open' | 'closed' => (value === 'closed' ? 'closed' : 'open'));

export const date = z.string().transform((value, context): Date => {
  const parsed = new Date(value);
  if (!Number.isNaN(parsed.getTime())) return parsed;
  context.addIssue({ code: 'custom', message: 'not a date' });
  return z.NEVER;
});

export const sha = z.string().transform((value, context): Sha => {
  try {
    return asSha(value);
  } catch {
    context.addIssue({ code: 'custom', message: 'not a full commit id' });
    return z.NEVER;
  }
});

export const label = z.object({ id: number, name: z.string() });
export type Label = z.infer<typeof label>;
export const labels = z
  .array(label)
  .nullish()
  .transform((value): readonly Label[] => value ?? []);

/** An entry of the tracker: an issue, or the issue side of a pull request. */
export interface Item {
  readonly issue: Issue;
  readonly isPullRequest: boolean;
  readonly labels: readonly Label[];
}

export const item = z
  .object({
    number,
    title: text,
    body: text,
    user: login,
    state,
    labels,
    assignees: logins,
    created_at: date,
    updated_at: date,
    comments: number.nullish(),
    pull_request: z.unknown().optional(),
  })
  .transform((raw): Item => ({
    isPullRequest: raw.pull_request !== null && raw.pull_request !== undefined,
    labels: raw.labels,
    issue: {
      number: raw.number,
      title: raw.title,
      body: raw.body,
      author: raw.user,
      state: raw.state,
      labels: new Set(raw.labels.map((each) => each.name)),
      assignees: raw.assignees,
      createdAt: raw.created_at,
      updatedAt: raw.updated_at,
      comments: raw.comments ?? 0,
    },
  }));

export const comment = z.object({ id: number, user: login, body: text, created_at: date, updated_at: date }).transform((raw): Comment => ({
  id: raw.id,
  author: raw.user,
  body: raw.body,
  createdAt: raw.created_at,
  updatedAt: raw.updated_at,
}));

export const timelineEvent = z
  .object({ id: number, type: z.string(), user: login, created_at: date, body: plain, label: label.nullish() })
  .transform((raw): TimelineEvent => ({
    id: raw.id,
    kind: raw.type,
    actor: raw.user,
    at: raw.created_at,
    label: raw.type === 'label' ? (raw.label?.name ?? null) : null,
    // A label event says "1" in its body when the label was added, nothing when it was removed.
    added: raw.type === 'label' ? raw.body === '1' : null,
  }));

export const permission = z.object({ permission: z.string() });
