import type { EffectRecord, Ledger, RunRecord } from '#ledger';
import { hint } from '../../shared/config/suggest.ts';
import { type Args, CliError, type Command } from '../command.ts';
import { atPlace, placeOptions } from '../place.ts';
import { print } from '../print.ts';

export const whyCommand: Command = {
  name: 'why',
  usage: 'ISSUE|PR|RUN|COMMIT [--project NAME] [--json] [--config FILE | --keep DIR]',
  summary: 'The chain behind it: due time or wake, run, what was observed and decided, session, effects.',
  options: {
    project: { kind: 'text', value: 'NAME', summary: 'only runs on this project' },
    json: { kind: 'flag', summary: 'one JSON document' },
    ...placeOptions,
  },
  details: 'ISSUE and PR are numbers, with or without #. COMMIT may be cut to seven characters.',
  words: { min: 1, max: 1 },
  run: async (args: Args) => {
    const asked = (args.words[0] ?? '').replace(/^#/, '');
    const chains = await atPlace(args, ({ ledger }) => chainsOf(ledger, asked, args.text('project')));
    print(args.flag('json') ? JSON.stringify(chains, null, 2) : chains.map(render).join('\n\n'));
    return 0;
  },
};

const always = new Date(0);

/** Throws `CliError` when no run worked on it. */
function chainsOf(ledger: Ledger, asked: string, project: string | null): readonly Chain[] {
  if (project !== null) refuseUnknown(ledger, project);
  const runs = findRuns(ledger, asked).filter((run) => project === null || run.project === project);
  if (runs.length === 0) throw new CliError(`the ledger knows nothing about ${asked}${project === null ? '' : ` in project ${project}`}: no run worked on it`);
  return runs.map((run) => chainOf(ledger, run));
}

type Chain = ReturnType<typeof chainOf>;

/** Throws `CliError` for a project that nothing ran on. */
function refuseUnknown(ledger: Ledger, project: string): void {
  const known = [...new Set(ledger.runs.list({ since: always }).map((run) => run.project))];
  if (!known.includes(project)) throw new CliError(`nothing ever ran on a project ${project}; ${hint(project, known)}`);
}

/** Runs that worked on a number, are it, or caused a commit. */
function findRuns(ledger: Ledger, asked: string): readonly RunRecord[] {
  const direct = ledger.runs.find(asked);
  if (direct !== null) return [direct];
  const ids = new Set<string>();
  if (/^[1-9][0-9]*$/.test(asked)) {
    for (const subject of [`issue:${asked}`, `pr:${asked}`]) {
      for (const run of ledger.runs.list({ since: always, subject })) ids.add(run.id);
      for (const event of ledger.events.list({ subject })) if (event.cause !== null) ids.add(event.cause);
    }
  }
  if (ids.size === 0 && /^[0-9a-f]{7,64}$/.test(asked)) {
    for (const effect of ledger.effects.list({})) if (effect.detail.startsWith(asked) || effect.target.includes(asked)) ids.add(effect.run);
    for (const event of ledger.events.list({})) if (event.cause !== null && mentions(event.data, asked)) ids.add(event.cause);
  }
  return [...ids].flatMap((id) => ledger.runs.find(id) ?? []).toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
}

function mentions(data: Readonly<Record<string, unknown>>, sha: string): boolean {
  return Object.values(data).some((value) => typeof value === 'string' && value.startsWith(sha));
}

function chainOf(ledger: Ledger, run: RunRecord) {
  const occurrence = run.cause.kind === 'occurrence' ? run.cause.occurrence : null;
  const due = occurrence === null ? null : (ledger.schedules.occurrences({ since: always }).find((o) => o.id === occurrence) ?? null);
  return {
    cause: due === null ? run.cause : { kind: 'occurrence', schedule: due.schedule, dueAt: due.dueAt.toISOString() },
    run: { id: run.id, agent: run.agent, project: run.project, subject: run.subject, startedAt: run.startedAt.toISOString(), end: run.end },
    events: ledger.events.list({ cause: run.id }).map(({ at, kind, subject, data }) => ({ at: at.toISOString(), kind, subject, data })),
    sessions: ledger.sessions.list({ run: run.id }).map(({ id, task, round, backend, model, state, failure, usage, transcript }) => ({
      id,
      task,
      round,
      backend,
      model,
      state,
      failure,
      usage,
      transcript,
    })),
    effects: ledger.effects.list({ run: run.id }),
  };
}

function render({ cause, run, events, sessions, effects }: Chain): string {
  const lines = [
    `${run.startedAt}  ${run.agent} on ${run.project}${run.subject === null ? '' : ` ${run.subject}`}  (${run.id})`,
    `  because  ${Object.entries(cause)
      .map(([key, value]) => `${key} ${String(value)}`)
      .join(', ')}`,
  ];
  for (const event of events) lines.push(`  ${event.kind.padEnd(8)} ${event.subject ?? ''} ${JSON.stringify(event.data)}`);
  for (const s of sessions)
    lines.push(
      `  session  ${s.task}, round ${s.round}, ${s.backend}/${s.model}: ${s.state}${s.failure === null ? '' : ` (${s.failure})`}, ${s.usage.inputTokens + s.usage.outputTokens} tokens; ${s.transcript}`,
    );
  for (const effect of effects) lines.push(`  effect   ${renderEffect(effect)}`);
  lines.push(`  end      ${run.end === null ? 'running' : Object.values(run.end).join(': ')}`);
  return lines.join('\n');
}

function renderEffect(effect: EffectRecord): string {
  return `${effect.kind} on ${effect.target}: ${effect.detail}${effect.confirmedAt === null ? ' (NOT CONFIRMED)' : ''}`;
}
