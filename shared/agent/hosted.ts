import type { Agent, Ports } from '#agent';
import type { Chance, Clock } from '#clock';
import type { AgentConfig, Config, ProjectConfig } from '#config';
import type { Ledger, ProcessIdentity } from '#ledger';
import type { Log } from '#log';

/** One agent on one project, with everything its runs may be handed. */
export interface HostedAgent {
  readonly agent: Agent;
  /** The configured name, for example `dev-2`. */
  readonly name: string;
  readonly settings: AgentConfig;
  readonly project: ProjectConfig;
  readonly config: Config;
  readonly ports: Ports;
}

export interface HostOptions {
  readonly slots: readonly HostedAgent[];
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly process: ProcessIdentity;
  /** False only on proof that the process is gone: its open runs are closed as lost. */
  readonly isAlive: (process: ProcessIdentity) => boolean;
  /** Hides secrets in reasons and details before they are recorded. */
  readonly mask: (text: string) => string;
  /** True when a text holds a secret of this installation. */
  readonly knows: (text: string) => boolean;
  /** Told about every start and end of a run and about what runs tell, for a timeline. Must not throw. */
  readonly onEvent?: (event: HostEvent) => void;
}

/** `run-started`, `run-ended` (data: the end), `run-lost`, `forge-trouble`, `forge-well`, `loop-stopped`, or what a run tells. */
export interface HostEvent {
  readonly at: Date;
  readonly kind: string;
  readonly agent: string;
  readonly project: string;
  readonly run: string | null;
  readonly subject: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Name of the schedule of an agent on a project, in the ledger and for wakes. */
export function scheduleKey(agent: string, project: string): string {
  return `${agent}@${project}`;
}
