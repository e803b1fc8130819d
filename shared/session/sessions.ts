import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Chance, Clock } from '#clock';
import type { BackendConfig } from '#config';
import type { Ledger } from '#ledger';
import type { Log } from '#log';
import { SessionError, type SessionRequest, type SessionResult, type Sessions, type Usage } from '#session';
import { claude } from './harness/claude.ts';
import type { Harness, Program } from './harness/harness.ts';
import { pi } from './harness/pi.ts';
import { createHome, ensureFolders, readKeyFile, removeHome, removeStaleHomes } from './home.ts';
import { converse, type Conversation, type Ended } from './converse.ts';

export interface SessionsOptions {
  readonly ledger: Pick<Ledger, 'sessions' | 'slots'>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly backendFor: (agent: string) => BackendConfig;
  /** Makes the key of one session, which the endpoint knows it by; null: the key file of the backend holds the key for all. */
  readonly mintKey: ((session: { readonly id: string; readonly run: string; readonly agent: string }) => string) | null;
  /** Absolute. Transcripts (`<session>.jsonl`) stay here; the homes of running sessions lie in `homes/`. */
  readonly directory: string;
  /** What a session may see of the host: PATH, LANG and the names that the configuration allows. */
  readonly env: Readonly<Record<string, string>>;
  readonly mask: (text: string) => string;
  /** What is ours and no session's business: of these folders and files it sees only its workspace, what that reads, and its home. */
  readonly hidden: readonly string[];
  /** Most that the sessions of an agent may cost in a day (UTC), in US dollars; null for no limit. */
  readonly usdPerDay?: (agent: string) => number | null;
}

const harnesses: Readonly<Record<BackendConfig['harness'], Harness>> = { pi, claude };
const nothing: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, usd: null };

/** Sessions over the real CLIs. Throws `SessionError` `disk` when the directory cannot be used. */
export function createSessions(options: SessionsOptions): Sessions {
  ensureFolders(options.directory);
  removeStaleHomes(options.directory, (session) => options.ledger.sessions.find(session)?.state);
  return { run: (request) => runSession(options, request) };
}

/** Checks that a backend's CLI is there, without starting it. Throws `SessionError` `missing-cli` or `config`. */
export function locateHarness(backend: BackendConfig, env: Readonly<Record<string, string>>): { readonly harness: Harness; readonly program: Program } {
  const harness = harnesses[backend.harness];
  if (harness.apis.includes(backend.api)) return { harness, program: harness.locate(env['PATH'] ?? '') };
  const known = harness.apis.join(', ');
  throw new SessionError('config', `Backend ${backend.name}: ${backend.harness} does not speak ${backend.api}. Set api = ${known}, or harness = "pi".`);
}

async function runSession<T>(options: SessionsOptions, request: SessionRequest<T>): Promise<SessionResult<T>> {
  const backend = options.backendFor(request.agent);
  const located = locateHarness(backend, options.env);
  const id = options.chance.id('session');
  const transcript = join(options.directory, `${id}.jsonl`);
  const unstarted = { session: id, usage: nothing, transcript, seconds: 0 };
  if (request.signal.aborted) return { ...unstarted, kind: 'cancelled' };
  const slot = options.ledger.slots.acquire(backend.name, backend.concurrency, request.run);
  if (slot === null) return { ...unstarted, kind: 'busy', why: `all ${backend.concurrency} slots of the backend ${backend.name} are in use` };
  using _held = slot;
  const spent = overBudget(options, request.agent);
  if (spent !== null) return { ...unstarted, kind: 'busy', why: spent };
  return await recorded(options, request, { id, transcript, backend, ...located });
}

type Session = { readonly id: string; readonly transcript: string; readonly backend: BackendConfig; readonly harness: Harness; readonly program: Program };

/** The session between its two records in the ledger: whatever happens, it is ended there exactly once. */
async function recorded<T>(options: SessionsOptions, request: SessionRequest<T>, session: Session): Promise<SessionResult<T>> {
  const { ledger, clock, chance } = options;
  const { id, backend, transcript } = session;
  const key = options.mintKey?.({ id, run: request.run, agent: request.agent }) ?? readKeyFile(backend.keyFile);
  const mask = (text: string): string => (key.length < 6 ? options.mask(text) : options.mask(text).replaceAll(key, '[masked]'));
  const log = options.log.child({ session: id, run: request.run, project: request.subject.project });
  const started = clock.monotonic();
  start(options, request, session, key);
  log.info({ agent: request.agent, task: request.task, issue: request.subject.issue, backend: backend.name, model: backend.model }, 'session started');
  let ended: Ended<T> = { result: { kind: 'failed', error: 'spawn', why: 'the session could not be started' }, usage: nothing };
  try {
    const home = createHome(options.directory, id);
    const conversation: Conversation<T> = {
      ...session,
      request,
      home,
      key,
      mask,
      clock,
      log,
      env: options.env,
      hidden: options.hidden,
      newId: () => uuid(chance),
    };
    ended = await converse(conversation);
    return { session: id, usage: ended.usage, transcript, seconds: (clock.monotonic() - started) / 1000, ...ended.result };
  } finally {
    removeHome(options.directory, id);
    const { kind } = ended.result;
    const failure = ended.result.kind === 'failed' ? ended.result.error : null;
    ledger.sessions.end(id, { state: kind, failure, usage: ended.usage, at: clock.now() });
    log.info({ ended: kind, failure, tokens: ended.usage.inputTokens + ended.usage.outputTokens, usd: ended.usage.usd }, 'session ended');
  }
}

function start<T>(
  { ledger, clock }: SessionsOptions,
  { run, agent, task, subject }: SessionRequest<T>,
  { id, backend, transcript }: Session,
  key: string,
): void {
  const keyDigest = createHash('sha256').update(key).digest('hex');
  ledger.sessions.start({ id, run, agent, task, ...subject, backend: backend.name, model: backend.model, transcript, keyDigest, at: clock.now() });
}

function overBudget({ ledger, clock, usdPerDay }: SessionsOptions, agent: string): string | null {
  const limit = usdPerDay?.(agent) ?? null;
  if (limit === null) return null;
  const midnight = new Date(clock.now());
  midnight.setUTCHours(0, 0, 0, 0);
  const own = ledger.sessions.list({ since: midnight }).filter((session) => session.agent === agent);
  const spent = own.reduce((sum, session) => sum + (session.usage.usd ?? 0), 0);
  return spent < limit ? null : `${agent} has spent ${spent.toFixed(2)} of ${limit} US dollars today (UTC)`;
}

/** Claude takes only ids of this form. */
function uuid(chance: Chance): string {
  const hex = chance.secret(16);
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4] ?? '8';
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
