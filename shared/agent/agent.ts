import type { Clock, Chance } from '#clock';
import type { AgentConfig, Config, ProjectConfig } from '#config';
import type { Ci } from '#ci';
import type { Forge } from '#forge';
import type { View } from '#forge/view';
import type { Git } from '#git';
import type { Ledger, RunEnd } from '#ledger';
import type { Log } from '#log';
import type { Schedule } from '#schedule';
import type { Sessions } from '#session';

/** What an agent may ask for. It is handed exactly what it names in `needs`. */
export interface Ports {
  readonly forge: Forge;
  /** The forge as last seen by this agent; refreshed once per tick by the host before `run`. */
  readonly view: View;
  readonly git: Git;
  readonly ci: Ci;
  readonly sessions: Sessions;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly chance: Chance;
}

export type PortName = keyof Ports;

/** One run of an agent on one project. */
export interface Tick {
  readonly run: string;
  readonly now: Date;
  /** Aborted at the deadline of the run and at shutdown. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** The configured name of this agent, for example `dev` or `dev-2`. */
  readonly agent: string;
  readonly settings: AgentConfig;
  readonly project: ProjectConfig;
  readonly config: Config;
  /** True when a text holds a secret that this installation knows by value. */
  holdsSecret(text: string): boolean;
  /** Says what the run works on (`issue:7`), for the ledger and the timeline. */
  subject(subject: string): void;
  /** Something that people want to see in the timeline; also an event of the ledger with this run as its cause. */
  tell(kind: string, subject: string, data: Readonly<Record<string, unknown>>): void;
  /** A write to the world: intent before, confirmed after it returns. A throw leaves it unconfirmed. */
  effect<T>(kind: string, target: string, detail: string, act: () => Promise<T>): Promise<T>;
}

/** How a tick ended. After `acted` the host ticks again at once: there may be a next step. */
export type Outcome = Extract<RunEnd, { kind: 'idle' | 'acted' | 'waiting' }>;

/**
 * Thrown by a run that can do nothing until a person mends what no port can name: people see it as a wait, and the agent looks
 * again with growing pauses. Equal `waitsFor` is one cause.
 */
export class WaitError extends Error {
  override readonly name = 'WaitError';
  readonly waitsFor: string;
  /** What a person has to do. */
  readonly mend: string;
  constructor(waitsFor: string, reason: string, mend: string) {
    super(reason);
    this.waitsFor = waitsFor;
    this.mend = mend;
  }
}

/** A role: what it is called, when it runs, what it needs and what one run does. Data; nothing starts by defining it. */
export interface Agent<Need extends PortName = PortName> {
  readonly role: string;
  readonly schedule: Schedule;
  readonly timeoutMinutes: number;
  readonly needs: readonly Need[];
  /** Forge events that wake it, for example `pull_request` or `status`. */
  readonly wakes: readonly WakeEvent[];
  readonly run: (ports: Pick<Ports, Need>, tick: Tick) => Promise<Outcome>;
}

/**
 * What of the forge may wake an agent. `push` is one to the project's branch (pushes to others show as events of their pull
 * request), `status` a final one. The longer names are parts of the shorter ones, for agents that care about one side only;
 * `status-green` and `status-red` are those of heads of open pull requests.
 */
export type WakeEvent =
  | 'push'
  | 'issues'
  | 'comment'
  | 'pull-request'
  | 'pull-request-open'
  | 'pull-request-closed'
  | 'review'
  | 'review-approved'
  | 'review-other'
  | 'status'
  | 'status-green'
  | 'status-red';

/** Fixes the type parameter of an agent's needs from its declaration. */
export function defineAgent<const Need extends PortName>(agent: Agent<Need>): Agent<Need> {
  return agent;
}
