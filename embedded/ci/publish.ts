import type { Chance, Clock } from '#clock';
import type { Sha } from '#domain/sha';
import { ForgeError } from '#forge';
import type { Forge, StatusDraft } from '#forge';
import type { Log } from '#log';

/** Forges keep this much of a status' description. */
const longestDescription = 250;
const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** A right or a token comes from a person. */
const longestRefusedPauseMs = 300_000;

/** Somebody ends these: the forge comes back, CI's account gets its token or right again. */
const passing: ReadonlySet<string> = new Set(['unavailable', 'rate-limited', 'malformed', 'auth', 'forbidden']);

/**
 * Posts a status, and while the forge is away or refuses CI's account tries again for as long as it takes: the result of a run must
 * not be lost with the connection. Throws what the forge refuses for good, and the signal's reason.
 */
export async function publishStatus(
  deps: { readonly forge: Pick<Forge, 'postStatus'>; readonly clock: Clock; readonly chance: Chance; readonly log: Log },
  head: Sha,
  status: StatusDraft,
  signal: AbortSignal,
): Promise<void> {
  const description = cut(status.description);
  let told = false;
  for (let pause = firstPauseMs; ; pause *= 2) {
    try {
      await deps.forge.postStatus(head, { ...status, description });
      return;
    } catch (error) {
      if (!(error instanceof ForgeError) || !passing.has(error.kind)) throw error;
      if (!told) deps.log.warn({ head, context: status.context, reason: error.message }, 'A result of CI waits until the forge takes it');
      told = true;
      const longest = error.kind === 'auth' || error.kind === 'forbidden' ? longestRefusedPauseMs : longestPauseMs;
      const asked = (error.retryAfterSeconds ?? 0) * 1000;
      await deps.clock.sleep(Math.max(asked, Math.min(pause, longest) * (0.75 + deps.chance.random() / 2)), signal);
    }
  }
}

function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= longestDescription ? line : `${line.slice(0, longestDescription - 1)}…`;
}
