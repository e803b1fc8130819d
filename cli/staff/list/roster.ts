import { isFresh } from '../../../shared/agent/heartbeat.ts';
import type { Config } from '#config';
import type { RunRecord, Wait } from '#ledger';

/** Where an agent is known from. */
export type Source = 'disinto.toml' | 'ledger' | 'secrets';

/** One agent, as `disinto agents list` shows it. Null: not known, or it has none. */
export interface Member {
  readonly name: string;
  readonly backend: string | null;
  readonly model: string | null;
  readonly roles: readonly string[];
  readonly identity: string | null;
  /** False also for an agent that the file does not name: it cannot run. */
  readonly enabled: boolean;
  readonly state: 'running' | 'stopped' | 'paused' | 'unhealthy';
  /** Why it is paused or unhealthy, and what to do. */
  readonly reason: string | null;
  readonly lastActivity: Date | null;
  readonly source: readonly Source[];
}

/** What is looked at. Without a ledger there are no runs, waits and pauses. */
export interface Facts {
  readonly config: Config;
  readonly now: Date;
  /** Of the last days, oldest first. */
  readonly runs: readonly RunRecord[];
  readonly waits: readonly Wait[];
  /** Why people paused it, or null. */
  readonly paused: (agent: string) => string | null;
  /** Whether the process of a run is on this machine and lives; null when it is on another one. */
  readonly lives: (run: RunRecord) => boolean | null;
  /** When a process last wrote that it holds this agent and is well. */
  readonly heartbeat: (agent: string) => Date | null;
  /** Names of agents that `secrets/` has a token of. */
  readonly tokens: readonly string[];
}

/** So many failed runs in a row make an agent unhealthy. */
const failuresInARow = 3;

/** Every agent that the file, the ledger or the secrets know: those of the file in its order, then the others by name. */
export function roster(facts: Facts): readonly Member[] {
  const configured = Object.keys(facts.config.agents);
  const others = new Set([...facts.runs.map((run) => run.agent), ...facts.tokens].filter((name) => !configured.includes(name)));
  return [...configured, ...[...others].toSorted()].map((name) => memberOf(name, facts));
}

function memberOf(name: string, facts: Facts): Member {
  const settings = facts.config.agents[name];
  const backend = settings?.backend ?? null;
  const runs = facts.runs.filter((run) => run.agent === name);
  const last = runs.at(-1);
  const enabled = settings?.enabled === true;
  return {
    name,
    backend,
    model: backend === null ? null : (facts.config.backends[backend]?.model ?? null),
    roles: settings === undefined ? [] : [settings.role],
    identity: settings?.identity ?? null,
    enabled,
    ...stateOf(name, enabled, runs, facts),
    lastActivity: last === undefined ? null : (last.endedAt ?? last.startedAt),
    source: sourcesOf(name, facts, runs.length > 0),
  };
}

function sourcesOf(name: string, { config, tokens }: Facts, ran: boolean): readonly Source[] {
  const sources: readonly (readonly [Source, boolean])[] = [
    ['disinto.toml', config.agents[name] !== undefined],
    ['ledger', ran],
    ['secrets', tokens.includes(name)],
  ];
  return sources.filter(([, known]) => known).map(([source]) => source);
}

function stateOf(name: string, enabled: boolean, runs: readonly RunRecord[], facts: Facts): Pick<Member, 'state' | 'reason'> {
  const running = isRunning(name, enabled, runs, facts);
  const pause = facts.paused(name);
  if (enabled && pause !== null) return { state: 'paused', reason: pause };
  const trouble = enabled ? troubleOf(name, running, runs, facts) : null;
  if (trouble !== null) return { state: 'unhealthy', reason: trouble };
  return { state: running ? 'running' : 'stopped', reason: null };
}

/** A run goes on, or the process of its last run lives and will run it again, or a process elsewhere says so. */
function isRunning(name: string, enabled: boolean, runs: readonly RunRecord[], { lives, heartbeat, now }: Facts): boolean {
  if (runs.some((run) => run.endedAt === null && lives(run) !== false)) return true;
  if (!enabled) return false;
  const last = runs.at(-1);
  if (last !== undefined && lives(last) === true) return true;
  return isFresh(heartbeat(name), now);
}

/** What stands in its way: a cause outside that it waits for while it runs, or runs that fail one after the other. */
function troubleOf(name: string, running: boolean, runs: readonly RunRecord[], { waits }: Facts): string | null {
  const wait = running ? waits.find(({ schedules }) => schedules.some((schedule) => schedule.startsWith(`${name}@`))) : undefined;
  if (wait !== undefined) return `${wait.reason}; ${wait.mend}`;
  for (const ofProject of Map.groupBy(runs, (run) => run.project).values()) {
    const ends = ofProject.flatMap(({ end }) => (end === null || end.kind === 'cancelled' ? [] : [end])).toReversed();
    const failed = ends.findIndex(({ kind }) => kind !== 'failed' && kind !== 'lost');
    const count = failed < 0 ? ends.length : failed;
    const [newest] = ends;
    if (count < failuresInARow || newest === undefined) continue;
    return `${count} runs on ${ofProject[0]?.project ?? ''} failed in a row, the last: ${'reason' in newest ? newest.reason : newest.did}`;
  }
  return null;
}
