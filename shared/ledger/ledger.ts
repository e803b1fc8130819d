import type { Usage } from '#session';

/**
 * What the fleet did: occurrences, runs, sessions, spend, backend slots, effects, events. SQLite in WAL mode, safe for several
 * processes. Calls are synchronous and short. It is a record, never the place that says which work is open.
 * Times are UTC, to the millisecond. Throws `LedgerError`.
 */
export interface Ledger {
  readonly schedules: ScheduleBook;
  readonly runs: RunBook;
  readonly sessions: SessionBook;
  readonly slots: SlotBook;
  readonly effects: EffectBook;
  readonly events: EventBook;
  readonly switches: SwitchBook;
  readonly waits: WaitBook;
  close(): void;
}

/** Exactly one of these ends each occurrence. */
export type OccurrenceEnd =
  | { readonly kind: 'ran'; readonly run: string }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'missed'; readonly reason: string; readonly latenessSeconds: number }
  | { readonly kind: 'coalesced'; readonly into: number };

export interface Occurrence {
  readonly id: number;
  /** `<agent>@<project>` */
  readonly schedule: string;
  readonly dueAt: Date;
  /** Null while it waits behind a run that is still going (overlap: queue one). */
  readonly end: OccurrenceEnd | null;
}

export interface ScheduleBook {
  /**
   * Settles everything due up to `now` in one transaction: writes a row for each due time since the last known one, ends
   * each by the policies, advances the next due time and opens the run of the occurrence that starts (if any). Call it when
   * the next due time has come, when a run ends (one may wait), and at start. Safe from several processes at once: each due
   * time is settled once. The rules, in this order:
   *
   * 1. Due times count once, by the calendar. Those up to the last settled one are never looked at again, also when the clock
   *    steps back; a clock that steps forward makes the ones it jumped over late. When someone edited the schedule (the
   *    recorded next due time is not one any more), that promise, if its time has passed, is missed, and the new calendar
   *    counts from `now`.
   * 2. Late is what is settled more than the grace after its due time. Catch-up says what becomes of the late ones: `none`:
   *    missed. `latest`: coalesced into the latest due time, which runs. `all`: the newest `max` are owed, older ones missed.
   *    `window`: owed when at most that late, else missed.
   * 3. Several that are on time together: the older are coalesced into the latest, which is owed.
   * 4. An agent that people paused (`SwitchBook`): each owed one is skipped, `paused: <reason>`, and so is one that waits. The same
   *    while the request says that the agent is `barred`, with the reason it gives.
   * 5. One that waits starts as soon as no run of this agent on this project (whatever its cause, in any process) is open,
   *    however long that took.
   * 6. While such a run is open (also the one that rule 5 just started): `skip`: each owed one is skipped, `still running`.
   *    `queue-one`: the first waits (its end is null), any further one is coalesced into the one that waits.
   * 7. Otherwise every owed one starts a run, oldest first.
   *
   * What coalesces into something that itself coalesces is recorded with the final target.
   */
  settle(schedule: string, request: SettleRequest): Settled;
  /** Next due time as recorded, or null when the schedule is new or over. */
  nextDue(schedule: string): Date | null;
  occurrences(query: { readonly since: Date; readonly schedule?: string }): readonly Occurrence[];
  /** Occurrence counts by end, per schedule, and the ones that have none although their time has passed. */
  audit(since: Date, now: Date): readonly ScheduleAudit[];
}

export interface SettleRequest {
  readonly now: Date;
  /** A run of this schedule is going on in this process. Runs that are open in the ledger are seen anyway. */
  readonly busy: boolean;
  /** Why no run may start now, such as a forge that does not answer; absent or null when nothing stands in the way. */
  readonly barred?: string | null;
  readonly policy: SchedulePolicy;
  /** Strictly increasing due times after `after`, up to and including `until`; and the first one after `until`. */
  readonly due: (after: Date, until: Date) => { readonly past: readonly Date[]; readonly next: Date | null };
  /** First time this schedule is seen: due times count from here (later ones only). Without effect when it is known. */
  readonly firstSeen: Date;
  /** The run that starts. Further ones, when catch-up owes several, are `<id>-2`, `<id>-3`, … */
  readonly newRun: { readonly id: string; readonly agent: string; readonly project: string; readonly process: ProcessIdentity };
}

export interface SchedulePolicy {
  readonly overlap: 'skip' | 'queue-one';
  /** Which due times that passed while nobody was there still run: none, the latest, up to `max`, or those inside a window. */
  readonly catchUp:
    | { readonly kind: 'none' }
    | { readonly kind: 'latest' }
    | { readonly kind: 'all'; readonly max: number }
    | { readonly kind: 'window'; readonly seconds: number };
  /** An occurrence that is settled later than this after its due time was missed (then `catchUp` decides). */
  readonly graceSeconds: number;
}

export interface Settled {
  /** The run to start now, already recorded with its occurrence. Several only when catch-up owes more than one: run them in turn. */
  readonly start: readonly { readonly run: string; readonly occurrence: number; readonly dueAt: Date }[];
  readonly nextDue: Date | null;
}

export interface ScheduleAudit extends Readonly<Record<'occurrences' | 'ran' | 'skipped' | 'missed' | 'coalesced', number>> {
  readonly schedule: string;
  /** Without an end although their time has passed, and no open run to wait for. */
  readonly unexplained: number;
  /** As recorded; in the past when nobody has settled the schedule since. */
  readonly nextDue: Date | null;
}

/** Identity of a live process that a reused pid cannot fake: boot id and the kernel's start time of that pid. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: string;
  readonly boot: string;
  readonly host: string;
}

/** Why a run started. A delivery is known again by the digest (sha256, hex) of its body; older records have only its id. */
export type RunCause =
  | { readonly kind: 'occurrence'; readonly occurrence: number }
  | { readonly kind: 'webhook'; readonly event: string; readonly delivery: string; readonly digest?: string }
  | { readonly kind: 'follow-up'; readonly of: string }
  | { readonly kind: 'command'; readonly by: string };

export type RunEnd =
  | { readonly kind: 'idle'; readonly reason: string }
  | { readonly kind: 'acted'; readonly did: string }
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'cancelled'; readonly reason: string }
  /** Its process is gone without a word. */
  | { readonly kind: 'lost'; readonly reason: string };

export interface RunRecord {
  readonly id: string;
  readonly agent: string;
  readonly project: string;
  readonly cause: RunCause;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly end: RunEnd | null;
  /** What it worked on, as `issue:7` or `pr:12`, when it did. */
  readonly subject: string | null;
  readonly process: ProcessIdentity;
}

export interface RunBook {
  start(run: Pick<RunRecord, 'id' | 'agent' | 'project' | 'cause' | 'process'> & { readonly at: Date }): void;
  setSubject(id: string, subject: string): void;
  /** Once only; ending twice is a `LedgerError`. */
  end(id: string, end: RunEnd, at: Date): void;
  find(id: string): RunRecord | null;
  list(query: { readonly since: Date; readonly agent?: string; readonly subject?: string }): readonly RunRecord[];
  running(): readonly RunRecord[];
  /**
   * Closes as lost every open run whose process is proven gone (`isAlive` false), frees its slots, and marks its sessions
   * lost, except accepted ones: what a lost run did not bring to the forge counts for nothing. Returns the runs.
   */
  closeLost(isAlive: (process: ProcessIdentity) => boolean, at: Date): readonly RunRecord[];
}

export interface SessionRecord {
  readonly id: string;
  readonly run: string;
  readonly agent: string;
  readonly project: string;
  readonly task: string;
  readonly issue: number;
  readonly title: string;
  readonly pullRequest: number | null;
  /** Accepted answers for this (project, issue, task) before it, plus one. */
  readonly round: number;
  readonly backend: string;
  readonly model: string;
  readonly state: 'running' | 'answered' | 'accepted' | 'failed' | 'cancelled' | 'lost';
  readonly failure: string | null;
  readonly usage: Usage;
  readonly transcript: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

type StartedSession = Omit<SessionRecord, 'round' | 'state' | 'failure' | 'usage' | 'startedAt' | 'endedAt'> & {
  readonly keyDigest: string;
  readonly at: Date;
};
type EndedSession = Pick<SessionRecord, 'failure' | 'usage'> & { readonly state: 'answered' | 'failed' | 'cancelled'; readonly at: Date };

export interface SessionBook {
  start(session: StartedSession): SessionRecord;
  end(id: string, end: EndedSession): void;
  /** The effect of this run's answer stands on the forge: its session is a round, also when the run was lost since. Idempotent; it may have none. */
  accept(run: string): void;
  /** The failure of this lost run's session stands on the forge: it counts as failed, its entry as used. Idempotent; it need not be lost. */
  confirmFailed(run: string): void;
  find(id: string): SessionRecord | null;
  /** By the digest (sha256, hex) of the per-run key, only while the session runs. */
  findByKey(keyDigest: string): SessionRecord | null;
  list(query: { readonly since?: Date; readonly project?: string; readonly issue?: number; readonly run?: string }): readonly SessionRecord[];
  /** Money and tokens (input and output, cached ones not counted) of all sessions that ended at `since` or later. */
  spend(since: Date): { readonly tokens: number; readonly usd: number };
  /**
   * Gives the first entry that is free to this session and remembers it; the same session gets the same entry again.
   * `candidates`: entry numbers in order, each with how often it may be used. An entry counts as used while the run of its
   * session is open, and for good once that run has ended (but not as lost or cancelled), its answer was accepted or its failure confirmed.
   */
  assignEntry(session: string, candidates: readonly { readonly entry: number; readonly times: number }[]): number | null;
}

export interface SlotBook {
  /**
   * One of `limit` slots of a backend for this run, or null when all are held by runs that are open. Holds across processes.
   * Disposing it (idempotent), the end of the run, or closing the run as lost gives it back. The run must be open.
   */
  acquire(backend: string, limit: number, run: string): Slot | null;
  held(backend: string): number;
}

export type Slot = Disposable & { readonly backend: string };

/** A write to the world: written down before (`intent`), confirmed after. */
export interface EffectRecord {
  readonly id: number;
  readonly run: string;
  /** push, pull-request, comment, labels, review, merge, note, claim, … */
  readonly kind: string;
  readonly target: string;
  readonly detail: string;
  readonly at: Date;
  readonly confirmedAt: Date | null;
}

export interface EffectBook {
  intend(effect: Omit<EffectRecord, 'id' | 'confirmedAt'>): number;
  confirm(id: number, at: Date): void;
  list(query: { readonly run?: string; readonly target?: string; readonly since?: Date; readonly unconfirmed?: true }): readonly EffectRecord[];
}

/** Something that happened, with the id of what caused it (a run, a delivery, a session). */
export interface EventRecord {
  readonly id: number;
  readonly at: Date;
  readonly kind: string;
  readonly subject: string | null;
  readonly cause: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface EventBook {
  append(event: Omit<EventRecord, 'id'>): void;
  /** `after`: the id of the last one known. */
  list(query: { readonly after?: number; readonly limit?: number } & Partial<Record<'subject' | 'cause' | 'kind', string>>): readonly EventRecord[];
}

/** Durable switches that people set: which agents are paused, which wakes wait. */
export interface SwitchBook {
  /** `*` pauses every agent. */
  pause(agent: string, reason: string, at: Date): void;
  /** `*` resumes every agent, also those that were paused by name; of these `except` stay paused. */
  resume(agent: string, except?: readonly string[]): void;
  /** The agent's own pause, else the one of every agent. */
  paused(agent: string): { readonly reason: string; readonly at: Date } | null;
  /** A wake that waits until the host takes it; the same key while one waits is one. False: this delivery (of the newest 20,000, known by the digest of its body, or its id where there is none) woke it before. */
  wake(schedule: string, key: string, cause: RunCause, at: Date): boolean;
  /** Takes the wakes that wait, in order of arrival; each is handed out once. */
  takeWakes(schedule: string): readonly { readonly key: string; readonly cause: RunCause; readonly at: Date }[];
}

/** What keeps schedules (`<agent>@<project>`) from their work until somebody mends it: one per cause, however many wait and look. */
export interface Wait {
  /** Equal for what has the same cause: `forge unavailable`, `forge auth dev-bot`. */
  readonly cause: string;
  /** What was said when it began. */
  readonly reason: string;
  /** What a person has to do. */
  readonly mend: string;
  readonly since: Date;
  /** When one of them last looked whether it is over. */
  readonly lookedAt: Date;
  readonly schedules: readonly string[];
}

/** Who waits for what. The first and the last of a cause are also the events `wait-began` and `wait-over`. */
export interface WaitBook {
  /** This schedule waits, or looked and still waits. With another cause it leaves the one it had. */
  note(schedule: string, wait: Pick<Wait, 'cause' | 'reason' | 'mend'>, at: Date): void;
  /** It goes on, if it waited. */
  end(schedule: string, at: Date): void;
  /** The longest first. */
  list(): readonly Wait[];
}

export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  readonly kind: 'locked' | 'full' | 'corrupt' | 'newer' | 'misuse';
  constructor(kind: LedgerError['kind'], message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.kind = kind;
  }
}
