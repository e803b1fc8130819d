import type { Clock } from '#clock';
import type { BackendConfig } from '#config';
import type { Log } from '#log';
import type { SessionRequest, SessionResult, Usage } from '#session';
import { checkAnswer } from './answer.ts';
import { addUsage } from './harness/bounds.ts';
import type { Harness, HarnessEvent, HarnessResult, Program, RunRequest } from './harness/harness.ts';
import { oneLine } from './harness/failure.ts';
import { runHarness } from './harness/run.ts';
import { openTranscript, type Transcript } from './harness/transcript.ts';
import { describeAnswer, repairPrompt } from './prompt.ts';

/** One session with everything it needs. */
export interface Conversation<T> {
  readonly request: SessionRequest<T>;
  readonly backend: BackendConfig;
  readonly harness: Harness;
  readonly program: Program;
  readonly home: string;
  readonly key: string;
  readonly env: Readonly<Record<string, string>>;
  readonly hidden: readonly string[];
  readonly transcript: string;
  readonly mask: (text: string) => string;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
}

type Outcome<R> = R extends unknown ? Omit<R, 'session' | 'usage' | 'transcript' | 'seconds'> : never;

export interface Ended<T> {
  readonly result: Outcome<Exclude<SessionResult<T>, { kind: 'busy' }>>;
  readonly usage: Usage;
}

/** What was used so far, and how the next CLI process goes on. */
interface Progress {
  readonly usage: Usage;
  readonly turns: number;
  readonly startedAt: number;
}

/** The first try, and when its answer is missing or does not fit, one repair try in the same conversation. */
export async function converse<T>(session: Conversation<T>): Promise<Ended<T>> {
  using transcript = openTranscript(session.transcript, session.mask);
  const id = session.newId();
  const startedAt = session.clock.monotonic();
  const first = await ask(session, transcript, { prompt: session.request.prompt, conversation: { id, resume: false } }, null);
  if (!first.end.ok) return failed(session, first);
  const check = checkAnswer(first.text, session.request.answer);
  if (check.kind === 'valid') return { result: { kind: 'answered', answer: check.answer }, usage: first.usage };
  const second = await repair(session, transcript, { id, why: check.why, progress: { usage: first.usage, turns: first.turns, startedAt } });
  const both = { ...second, usage: addUsage(first.usage, second.usage) };
  if (!both.end.ok) return failed(session, both);
  const again = checkAnswer(both.text, session.request.answer);
  if (again.kind === 'valid') return { result: { kind: 'answered', answer: again.answer }, usage: both.usage };
  const why = `no valid answer, even when asked again: ${oneLine(session.mask(again.why))}`;
  return { result: { kind: 'failed', error: 'answer', why }, usage: both.usage };
}

/** L13: a conversation that cannot be resumed is begun anew with the same prompt and the complaint, never given up silently. */
async function repair<T>(
  session: Conversation<T>,
  transcript: Transcript,
  of: { readonly id: string; readonly why: string; readonly progress: Progress },
): Promise<HarnessResult> {
  const { request } = session;
  const resumed = await ask(session, transcript, { prompt: repairPrompt(of.why, request.answer), conversation: { id: of.id, resume: true } }, of.progress);
  if (resumed.end.ok || resumed.turns > 0 || !['crash', 'protocol', 'spawn'].includes(resumed.end.error)) return resumed;
  const complaint = `An earlier session worked on this in the same folder; what it did is there. Its answer was not valid:\n\n${of.why}\n\nCheck its work, finish what is missing, and answer.`;
  const prompt = `${request.prompt}\n\n# What happened before\n\n${complaint}\n\n${describeAnswer(request.answer)}\n`;
  return await ask(session, transcript, { prompt, conversation: { id: session.newId(), resume: false } }, of.progress);
}

type Question = Pick<RunRequest, 'prompt' | 'conversation'>;

async function ask<T>(session: Conversation<T>, transcript: Transcript, question: Question, progress: Progress | null): Promise<HarnessResult> {
  const { request, backend, harness, program, clock, home, hidden } = session;
  const run: RunRequest = {
    ...question,
    workspace: request.workspace,
    home,
    model: backend.model,
    contextTokens: backend.contextTokens,
    outputTokens: backend.outputTokens,
    prices: backend.prices,
    endpoint: { baseUrl: backend.baseUrl, api: backend.api, key: session.key },
    limits: progress === null ? request.limits : remaining(request.limits, progress, clock),
    env: session.env,
  };
  const sight = { hidden, writable: [request.workspace, home], readable: request.reads };
  return await runHarness(harness, run, { program, sight, clock, transcript, signal: request.signal, onEvent: (event) => reportSafely(session, event) });
}

/** The bounds hold for the session as a whole; the repair try gets what is left, and at least a chance to answer. */
function remaining(limits: RunRequest['limits'], { usage, turns, startedAt }: Progress, clock: Clock): RunRequest['limits'] {
  return {
    turns: Math.max(2, limits.turns - turns),
    tokens: Math.max(1, limits.tokens - usage.inputTokens - usage.outputTokens),
    usd: limits.usd === null ? null : Math.max(0.01, limits.usd - (usage.usd ?? 0)),
    wallSeconds: Math.max(1, limits.wallSeconds - (clock.monotonic() - startedAt) / 1000),
    idleSeconds: limits.idleSeconds,
  };
}

function failed<T>({ mask }: Conversation<T>, { end, usage }: HarnessResult): Ended<T> {
  if (end.ok) throw new Error('A good end is not a failure.');
  if (end.error === 'cancelled') return { result: { kind: 'cancelled' }, usage };
  return { result: { kind: 'failed', error: end.error, why: oneLine(mask(end.why)) }, usage };
}

/** Telling may write to a full disk or a locked ledger: that must not end the session, let alone the process. */
function reportSafely<T>(session: Conversation<T>, event: HarnessEvent): void {
  try {
    report(session, event);
  } catch (error) {
    session.log.warn({ error, event: event.kind }, 'progress of a session could not be told');
  }
}

function report<T>({ request, backend, mask }: Conversation<T>, event: HarnessEvent): void {
  switch (event.kind) {
    case 'started':
      return request.onProgress?.({ kind: 'started', model: backend.model });
    case 'text':
      return request.onProgress?.({ kind: 'text', text: mask(event.text) });
    case 'tool':
      return request.onProgress?.({ kind: 'tool', name: event.name, detail: mask(event.detail) });
    case 'retry':
      return request.onProgress?.({ kind: 'retry', attempt: event.attempt, status: event.status });
    case 'turn':
    case 'tool-end':
    case 'usage':
  }
}
