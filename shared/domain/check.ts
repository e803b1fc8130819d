import type { Sha } from './sha.ts';

/** One commit status as the forge lists it (the newest per context has the highest id). */
export interface CommitStatus {
  readonly id: number;
  readonly context: string;
  readonly state: 'pending' | 'success' | 'failure' | 'error' | 'warning';
  readonly description: string;
  readonly targetUrl: string | null;
  /** Login of the account that posted it: only the CI account counts. */
  readonly creator: string;
}

/**
 * What CI says about one head commit, reduced over the required contexts.
 * `none`: the repository has no CI (no workflow matches): first-class, never "pending".
 */
export type CheckState =
  | { readonly kind: 'none'; readonly head: Sha }
  | { readonly kind: 'pending'; readonly head: Sha; readonly missing: readonly string[] }
  | { readonly kind: 'success'; readonly head: Sha; readonly contexts: readonly { readonly context: string; readonly status: number }[] }
  | { readonly kind: 'failure'; readonly head: Sha; readonly failed: readonly CommitStatus[] };

/** Reduces the statuses of a head over the required contexts; statuses by anyone but `account` are ignored (I9, I10, a bot's own green). */
export function reduceChecks(head: Sha, statuses: readonly CommitStatus[], required: readonly string[], account: string): CheckState {
  if (required.length === 0) return { kind: 'none', head };
  const newest = new Map<string, CommitStatus>();
  for (const status of statuses) {
    if (status.creator !== account) continue;
    const known = newest.get(status.context);
    if (known === undefined || status.id > known.id) newest.set(status.context, status);
  }
  const failed = required.flatMap((context) => {
    const status = newest.get(context);
    return status !== undefined && (status.state === 'failure' || status.state === 'error') ? [status] : [];
  });
  if (failed.length > 0) return { kind: 'failure', head, failed };
  const missing = required.filter((context) => {
    const state = newest.get(context)?.state;
    return state !== 'success' && state !== 'warning';
  });
  if (missing.length > 0) return { kind: 'pending', head, missing };
  return { kind: 'success', head, contexts: required.map((context) => ({ context, status: newest.get(context)?.id ?? 0 })) };
}

/** Statuses of a CI that posts `warning` where nothing was tested (Woodpecker: a person declined the run), each as the failure it is. */
export const withoutWarnings = (statuses: readonly CommitStatus[]): readonly CommitStatus[] =>
  statuses.map((status) => (status.state === 'warning' ? { ...status, state: 'failure' } : status));
