import type { Clock } from '#clock';
import { type Forge, ForgeError } from '#forge';

/** How long an account that does not read counts as served without being asked. */
const provenMs = 900_000;

/** Reads one repository for several agents, with the account of one of them: of the first whose token the forge takes. */
export interface Reader {
  /** For reading only. An account that is refused hands over to the next one within the same call. */
  readonly forge: Forge;
  join(forge: Forge): void;
  /**
   * Asks the forge whether it serves this account, when that is in doubt: it was refused, or neither read nor was asked for 15
   * minutes. Throws what the forge says. `since` is where the answer may begin.
   */
  prove(forge: Forge, since: Date): Promise<void>;
  isRefused(forge: Forge): boolean;
}

export function createReader(first: Forge, clock: Clock): Reader {
  const refused = new Set<Forge>();
  const proven = new Map<Forge, number>();
  const forges = new Set([first]);
  let current = first;

  const serves = (forge: Forge): void => {
    refused.delete(forge);
    proven.set(forge, clock.monotonic());
  };
  const handOver = (from: Forge): boolean => {
    refused.add(from);
    const next = current === from ? [...forges].find((forge) => !refused.has(forge)) : current;
    current = next ?? current;
    return next !== undefined;
  };
  /** A list of the repository also shows that an account may not see it; about an item that need not be the account's fault. */
  const read =
    <A extends readonly unknown[], R>(ask: (forge: Forge, ...args: A) => Promise<R>, isRefusal: (error: ForgeError) => boolean = isUnknown) =>
    async (...args: A): Promise<R> => {
      for (;;) {
        const forge = current;
        try {
          const answer = await ask(forge, ...args);
          serves(forge);
          return answer;
        } catch (error) {
          if (!(error instanceof ForgeError) || !isRefusal(error) || !handOver(forge)) throw error;
        }
      }
    };

  return {
    forge: {
      ...first,
      forgeTime: () => current.forgeTime?.() ?? null,
      changes: read((forge, since) => forge.changes(since), isShutOut),
      listOpenPullRequests: read((forge) => forge.listOpenPullRequests(), isShutOut),
      findIssue: read((forge, number) => forge.findIssue(number)),
      findPullRequest: read((forge, number) => forge.findPullRequest(number)),
      listComments: read((forge, number) => forge.listComments(number)),
      listReviews: read((forge, number) => forge.listReviews(number)),
      listReviewComments: read((forge, number, review) => forge.listReviewComments(number, review)),
      listStatuses: read((forge, head) => forge.listStatuses(head)),
    },
    join: (forge) => void forges.add(forge),
    isRefused: (forge) => refused.has(forge),
    prove: async (forge, since) => {
      const isFresh = clock.monotonic() - (proven.get(forge) ?? Number.NEGATIVE_INFINITY) < provenMs;
      if (!refused.has(forge) && (forge === current || isFresh)) return;
      try {
        await forge.changes(since);
      } catch (error) {
        if (error instanceof ForgeError && isShutOut(error)) refused.add(forge);
        throw error;
      }
      serves(forge);
    },
  };
}

const isUnknown = (error: ForgeError): boolean => error.kind === 'auth';
const isShutOut = (error: ForgeError): boolean => error.kind === 'auth' || error.kind === 'forbidden' || error.kind === 'not-found';
