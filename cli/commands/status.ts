import { existsSync } from 'node:fs';
import type { Config } from '#config';
import type { Ledger, RunRecord, Wait } from '#ledger';
import { heartbeatFolder, isFresh, lastHeartbeat } from '../../shared/agent/heartbeat.ts';
import { scheduleKey } from '../../shared/agent/hosted.ts';
import { isProcessAlive } from '../../shared/ledger/process-identity.ts';
import type { Args, Command } from '../command.ts';
import { atPlace, placeOptions } from '../place.ts';
import { print, renderColumns } from '../print.ts';

const daySeconds = 86_400;

export const statusCommand: Command = {
  name: 'status',
  usage: '[--json] [--config FILE | --keep DIR]',
  summary: 'What every agent does now, what it did last, what it waits for, and what the last day cost.',
  options: { json: { kind: 'flag', summary: 'one JSON document' }, ...placeOptions },
  words: { min: 0, max: 0 },
  run: async (args: Args) => {
    const status = await atPlace(args, ({ ledger, data, config }) => readStatus(ledger, new Date(), heartbeats(data, config), config));
    print(args.flag('json') ? JSON.stringify(status, null, 2) : renderStatus(status));
    return 0;
  },
};

export interface AgentStatus {
  readonly agent: string;
  readonly project: string;
  /** `lost`: its process died in the middle of a run. `stopped`: no process holds it. */
  readonly state: 'running' | 'waiting' | 'resting' | 'paused' | 'lost' | 'stopped';
  readonly subject: string | null;
  readonly last: string;
  readonly lastAt: string | null;
  readonly nextDue: string | null;
}

/** What keeps agents from their work until somebody mends it. */
interface WaitStatus {
  readonly cause: string;
  readonly since: string;
  /** When one of them last looked whether it is over. */
  readonly lookedAt: string;
  /** `<agent>@<project>` */
  readonly who: readonly string[];
  readonly reason: string;
  /** What a person has to do. */
  readonly mend: string;
}

export interface Status {
  readonly at: string;
  readonly agents: readonly AgentStatus[];
  readonly waits: readonly WaitStatus[];
  readonly spend: { readonly tokens: number; readonly usd: number };
  readonly unconfirmedEffects: number;
}

/** When a process last said that it holds an agent; null: never, or it stopped. Undefined where nobody writes that down. */
export type Heartbeats = (agent: string) => Date | null | undefined;

/** Every agent that ran in the last 30 days, and each that the config names, on each of its projects. */
export function readStatus(ledger: Ledger, now: Date, beat: Heartbeats = () => undefined, config: Config | null = null): Status {
  const since = new Date(now.getTime() - 30 * daySeconds * 1000);
  const latest = new Map(ledger.runs.list({ since }).map((run) => [scheduleKey(run.agent, run.project), run]));
  const lanes = [...latest.values(), ...lanesOf(config)].map(({ agent, project }) => [scheduleKey(agent, project), { agent, project }] as const);
  const waits = ledger.waits.list().filter((wait) => wait.lookedAt.getTime() > now.getTime() - daySeconds * 1000);
  const waiting = new Set(waits.flatMap((wait) => wait.schedules));
  const agents = [...new Map(lanes)]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([key, lane]): AgentStatus => {
      const run = latest.get(key) ?? lastRun(ledger, lane);
      const paused = ledger.switches.paused(lane.agent);
      // Nobody holds what never ran, unless somebody says so.
      const held = isHeld(run === null ? (beat(lane.agent) ?? null) : beat(lane.agent), now);
      return {
        ...lane,
        state: stateOf(run, { paused: paused !== null, waiting: waiting.has(key), held }),
        subject: run?.subject ?? null,
        last: paused !== null ? paused.reason : run === null ? 'never' : run.end === null ? `started ${run.startedAt.toISOString()}` : describe(run.end),
        lastAt: (run?.endedAt ?? run?.startedAt)?.toISOString() ?? null,
        nextDue: ledger.schedules.nextDue(key)?.toISOString() ?? null,
      };
    });
  const day = new Date(now.getTime() - daySeconds * 1000);
  return {
    at: now.toISOString(),
    agents,
    waits: waits.map(waitStatus),
    spend: ledger.sessions.spend(day),
    unconfirmedEffects: ledger.effects.list({ since: day, unconfirmed: true }).length,
  };
}

interface LaneName {
  readonly agent: string;
  readonly project: string;
}

function lanesOf(config: Config | null): readonly LaneName[] {
  if (config === null) return [];
  const all = Object.keys(config.projects);
  return Object.values(config.agents).flatMap(({ name, projects }) => (projects.length === 0 ? all : projects).map((project) => ({ agent: name, project })));
}

/** However long ago. */
function lastRun(ledger: Ledger, { agent, project }: LaneName): RunRecord | null {
  return ledger.runs.list({ since: new Date(0), agent }).findLast((run) => run.project === project) ?? null;
}

function stateOf(
  run: RunRecord | null,
  { paused, waiting, held }: { readonly paused: boolean; readonly waiting: boolean; readonly held: boolean },
): AgentStatus['state'] {
  if (run !== null && run.endedAt === null) return isProcessAlive(run.process) ? 'running' : 'lost';
  if (paused) return 'paused';
  if (!held) return 'stopped';
  return waiting ? 'waiting' : 'resting';
}

const isHeld = (beat: Date | null | undefined, now: Date): boolean => beat === undefined || isFresh(beat, now);

/** The files that `disinto start` and the containers write; a kept demo has none. */
function heartbeats(data: string, config: Config | null): Heartbeats {
  return config !== null || existsSync(heartbeatFolder(data)) ? (agent) => lastHeartbeat(data, agent, isProcessAlive) : () => undefined;
}

function waitStatus({ cause, since, lookedAt, schedules, reason, mend }: Wait): WaitStatus {
  return { cause, since: since.toISOString(), lookedAt: lookedAt.toISOString(), who: schedules, reason, mend };
}

function describe(end: { readonly kind: string; readonly did?: string; readonly reason?: string }): string {
  return `${end.kind}: ${end.did ?? end.reason ?? ''}`;
}

export function renderStatus(status: Status): string {
  const rows = status.agents.map((a) => [a.agent, a.project, a.state, a.subject ?? '', oneLine(a.last), a.nextDue ?? '']);
  const money = `${status.spend.tokens} tokens, $${status.spend.usd.toFixed(2)} in the last day`;
  const gone = status.agents.length > 0 && status.agents.every(({ state }) => state === 'stopped' || state === 'lost');
  const agents = rows.length === 0 ? 'Nothing has run in the last 30 days.' : renderColumns(['AGENT', 'PROJECT', 'STATE', 'ON', 'LAST', 'NEXT DUE'], rows);
  return [...status.waits.map(renderWait), `${agents}\n`, ...(gone ? ['No process of the factory runs; start it with: disinto start\n'] : []), money].join(
    '\n',
  );
}

/** What git and programs say has lines of its own. */
const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' · ').trim();

function renderWait({ cause, since, lookedAt, who, reason, mend }: WaitStatus): string {
  return `WAITING since ${since}: ${cause} (${who.join(', ')})\n  to do: ${oneLine(mend)}\n  said:  ${oneLine(reason)}\n  last looked ${lookedAt}\n`;
}
