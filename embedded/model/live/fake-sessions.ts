import { createHash } from 'node:crypto';
import type { SessionRecord } from '#ledger';
import type { ModelSessions } from '../context.ts';

const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Sessions in memory, each known by its key; gives out entries as the ledger does while nothing ends. */
export function fakeSessions(): ModelSessions & {
  add(key: string, part: Partial<SessionRecord>): SessionRecord;
  /** How many requests this session made. */
  asks(session: string): number;
} {
  const byDigest = new Map<string, SessionRecord>();
  const entries = new Map<string, number>();
  const asked = new Map<string, number>();
  return {
    add(key, part) {
      const session: SessionRecord = {
        id: `session-${byDigest.size + 1}`,
        run: 'run-1',
        agent: 'dev',
        project: 'demo',
        task: 'implement',
        issue: 1,
        title: 'First',
        pullRequest: null,
        round: 1,
        backend: 'scripted',
        model: 'scripted-1',
        state: 'running',
        failure: null,
        usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, usd: null },
        transcript: '',
        startedAt: new Date(0),
        endedAt: null,
        ...part,
      };
      byDigest.set(digestOf(key), session);
      return session;
    },
    findByKey: (digest) => byDigest.get(digest) ?? null,
    asks: (session) => asked.get(session) ?? 0,
    assignEntry(session, candidates) {
      asked.set(session, (asked.get(session) ?? 0) + 1);
      const known = entries.get(session);
      if (known !== undefined) return known;
      const used = (entry: number): number => [...entries.values()].filter((e) => e === entry).length;
      const free = candidates.find((candidate) => used(candidate.entry) < candidate.times);
      if (free !== undefined) entries.set(session, free.entry);
      return free?.entry ?? null;
    },
  };
}
