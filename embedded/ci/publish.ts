import type { Chance, Clock } from '#clock';
import type { Sha } from '#domain/sha';
import { ForgeError } from '#forge';
import type { Forge, StatusDraft } from '#forge';

/** Forges keep this much of a status' description. */
const longestDescription = 250;
const firstPauseMs = 250;
const longestPauseMs = 30_000;

/** Somebody ends these: the forge comes back, CI's account gets its token or right again. */
const passing: ReadonlySet<string> = new Set(['unavailable', 'rate-limited', 'malformed', 'auth', 'forbidden']);

/**
 * Posts a status, and while the forge is away or refuses CI's account tries again for as long as it takes: the result of a run must
 * not be lost with the connection. Throws what the forge refuses for good, and the signal's reason.
 */
export async function publishStatus(
  deps: { readonly forge: Pick<Forge, 'postStatus'>; readonly clock: Clock; readonly chance: Chance },
  head: Sha,
  status: StatusDraft,
  signal: AbortSignal,
): Promise<void> {
  const description = cut(status.description);
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
    try {
      await deps.forge.postStatus(head, { ...status, description });
      return;
    } catch (error) {
      if (!(error instanceof ForgeError) || !passing.has(error.kind)) throw error;
      const asked = (error.retryAfterSeconds ?? 0) * 1000;
      await deps.clock.sleep(Math.max(asked, pause * (0.75 + deps.chance.random() / 2)), signal);
    }
  }
}

function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= longestDescription ? line : `${line.slice(0, longestDescription - 1)}…`;
}
