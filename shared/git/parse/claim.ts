import type { Claim, Commit } from '#git';
import { trailer } from '#domain/name';
import type { Sha } from '#domain/sha';

const key = { claim: 'Disinto-Claim', expires: 'Disinto-Expires', lease: 'Disinto-Lease', nonce: 'Disinto-Nonce', takeover: 'Disinto-Takeover' } as const;

export interface ClaimText extends Omit<Claim, 'commit'> {
  /** Makes the commit unlike any other: two claimants who pushed the same object would both be told that it is there. */
  readonly nonce: string;
  readonly leaseSeconds: number;
}

/** The message of a claim commit: for people in its subject, for us in its trailers. */
export function renderClaim(claim: ClaimText): string {
  const line = (text: string): string => text.replace(/\s+/g, ' ').trim();
  const subject = claim.takeover === null ? `${claim.agent} claims ${claim.name}` : `${claim.agent} takes over ${claim.name}`;
  const trailers = [
    `${trailer.agent}: ${line(claim.agent)}`,
    `${trailer.run}: ${line(claim.run)}`,
    `${key.claim}: ${line(claim.name)}`,
    `${key.expires}: ${claim.expiresAt.toISOString()}`,
    `${key.lease}: ${claim.leaseSeconds}`,
    `${key.nonce}: ${line(claim.nonce)}`,
    ...(claim.takeover === null ? [] : [`${key.takeover}: ${line(claim.takeover)}`]),
  ];
  return `${subject}\n\n${trailers.join('\n')}\n`;
}

/**
 * A claim ref that does not hold a claim commit (somebody pushed to it by hand) reads as one that expired long ago, held by
 * nobody: so it is taken over with that reason instead of blocking the item for ever.
 */
export function parseClaim(name: string, sha: Sha, commit: Commit | null): Claim {
  const trailers = commit?.trailers ?? {};
  const expires = Date.parse(trailers[key.expires] ?? '');
  return {
    name,
    agent: trailers[trailer.agent] ?? 'nobody',
    run: trailers[trailer.run] ?? 'none',
    expiresAt: new Date(Number.isNaN(expires) ? 0 : expires),
    commit: sha,
    takeover: trailers[key.takeover] ?? null,
  };
}

/** Length of the lease that a claim commit asked for, in seconds; null when it is not a claim commit. */
export function parseLease(commit: Commit): number | null {
  const seconds = Number(commit.trailers[key.lease] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}
