import type { Chance } from '#clock';
import type { SessionBook } from '#ledger';
import type { Log } from '#log';
import type { Playbook } from './playbook.ts';

/** What the server asks about runs: who holds a key, and which entry of the playbook is that session's. */
export type ModelSessions = Pick<SessionBook, 'findByKey' | 'assignEntry'>;

/** What one request is answered from. */
export interface ModelContext {
  readonly playbook: Playbook;
  readonly sessions: ModelSessions;
  readonly chance: Pick<Chance, 'id'>;
  readonly log?: Log;
  readonly requests: RequestCounts;
}

export interface RequestCounts {
  /** Model requests in all. */
  total: number;
  /** Refused: the key belongs to no running session. */
  unknownKey: number;
  /** Titles and topics: asked without tools. */
  small: number;
  /** Answered with a scripted fault. */
  faults: number;
}

/** The port cannot be had, or a request cannot be read. */
export class ModelServerError extends Error {
  override readonly name = 'ModelServerError';
  readonly kind: 'port' | 'request';
  constructor(kind: ModelServerError['kind'], message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.kind = kind;
  }
}
