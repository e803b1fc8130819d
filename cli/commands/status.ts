import type { Ledger } from '#ledger';
import type { Args, Command } from '../command.ts';
import { openExistingLedger, placeOptions } from '../place.ts';
import { print, renderColumns } from '../print.ts';

const daySeconds = 86_400;

export const statusCommand: Command = {
  name: 'status',
  usage: '[--json] [--config FILE | --keep DIR]',
  summary: 'What every agent does now, what it did last, what it waits for, and what the last day cost.',
  options: { json: { kind: 'flag', summary: 'one JSON document' }, ...placeOptions },
  words: { min: 0, max: 0 },
  run: async (args: Args) => {
    const ledger = await openExistingLedger(args);
    try {
      const status = readStatus(ledger, new Date());
      print(args.flag('json') ? JSON.stringify(status, null, 2) : renderStatus(status));
      return 0;
    } finally {
      ledger.close();
    }
  },
};

interface AgentStatus {
  readonly agent: string;
  readonly project: string;
  readonly state: 'running' | 'resting' | 'paused';
  readonly subject: string | null;
  readonly last: string;
  readonly lastAt: string | null;
  readonly nextDue: string | null;
}

interface Status {
  readonly at: string;
  readonly agents: readonly AgentStatus[];
  readonly spend: { readonly tokens: number; readonly usd: number };
  readonly unconfirmedEffects: number;
}

function readStatus(ledger: Ledger, now: Date): Status {
  const since = new Date(now.getTime() - 30 * daySeconds * 1000);
  const latest = new Map(ledger.runs.list({ since }).map((run) => [`${run.agent}@${run.project}`, run]));
  const agents = [...latest]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([key, run]): AgentStatus => {
      const paused = ledger.switches.paused(run.agent);
      return {
        agent: run.agent,
        project: run.project,
        state: run.endedAt === null ? 'running' : paused === null ? 'resting' : 'paused',
        subject: run.subject,
        last: paused !== null ? paused.reason : run.end === null ? 'started' : describe(run.end),
        lastAt: (run.endedAt ?? run.startedAt).toISOString(),
        nextDue: ledger.schedules.nextDue(key)?.toISOString() ?? null,
      };
    });
  const day = new Date(now.getTime() - daySeconds * 1000);
  return {
    at: now.toISOString(),
    agents,
    spend: ledger.sessions.spend(day),
    unconfirmedEffects: ledger.effects.list({ since: day, unconfirmed: true }).length,
  };
}

function describe(end: { readonly kind: string; readonly did?: string; readonly reason?: string }): string {
  return `${end.kind}: ${end.did ?? end.reason ?? ''}`;
}

function renderStatus(status: Status): string {
  const rows = status.agents.map((a) => [a.agent, a.project, a.state, a.subject ?? '', a.last, a.nextDue ?? '']);
  const money = `${status.spend.tokens} tokens, $${status.spend.usd.toFixed(2)} in the last day`;
  if (rows.length === 0) return `Nothing has run in the last 30 days.\n${money}`;
  return `${renderColumns(['AGENT', 'PROJECT', 'STATE', 'ON', 'LAST', 'NEXT DUE'], rows)}\n\n${money}`;
}
