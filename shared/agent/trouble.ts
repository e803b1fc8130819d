import { WaitError } from '#agent';
import { CiError } from '#ci';
import { ForgeError } from '#forge';
import { GitError } from '#git';
import type { HostedAgent } from './hosted.ts';

/** Why a run could not do its work. */
export interface Trouble {
  /** `wait`: something outside does not serve us, and somebody else ends that. `failure`: anything else that throws. */
  readonly kind: 'wait' | 'failure';
  /** Equal for what has the same cause, whatever the text says: `forge unavailable`, `forge auth dev-bot`. */
  readonly cause: string;
  readonly reason: string;
  /** What a person has to do. */
  readonly mend: string;
  /** At least this long, if the forge or the CI said so. */
  readonly retryAfterSeconds: number | null;
  /** The forge was not asked this time: it is known not to serve us. */
  readonly unasked: boolean;
  /** Where: looking at the forge before the run did anything, in git, or in the middle of the work. */
  readonly seenAt: 'look' | 'git' | 'work';
}

type WaitKind = 'unavailable' | 'rate-limited' | 'malformed' | 'auth' | 'forbidden' | 'not-found' | 'full';

/** What a run may meet and waits for. A not-found inside a run is an item that vanished: no reason to wait. */
const waitedFor: ReadonlySet<string> = new Set<WaitKind>(['unavailable', 'rate-limited', 'malformed', 'auth', 'forbidden', 'full']);

/** The trouble that an error thrown by a run is. */
export function troubleOf(error: unknown, slot: HostedAgent): Trouble {
  const isOurs = error instanceof ForgeError || error instanceof GitError;
  if (isOurs && waitedFor.has(error.kind)) return waiting(error, error.kind as WaitKind, slot, error instanceof GitError ? 'git' : 'work');
  if (error instanceof CiError && error.kind !== 'not-found') return waitingForCi(error, slot);
  if (error instanceof WaitError) {
    const { waitsFor: cause, mend } = error;
    return { kind: 'wait', cause, reason: textOf(error), mend, retryAfterSeconds: null, unasked: false, seenAt: 'work' };
  }
  const cause = error instanceof ForgeError ? `forge ${error.kind}` : error instanceof GitError ? `git ${error.kind}` : 'failure';
  return { kind: 'failure', cause, reason: textOf(error), mend: '', retryAfterSeconds: null, unasked: false, seenAt: 'work' };
}

function waitingForCi(error: CiError, { project }: HostedAgent): Trouble {
  const away = `check that the CI of ${project.name} runs and answers; work goes on by itself when it does`;
  const mend =
    error.kind === 'unavailable' || error.kind === 'rate-limited' ? away : `mend what the reason names; [projects.${project.name}.ci] says which CI is asked`;
  return {
    kind: 'wait',
    cause: `ci ${error.kind} ${project.name}`,
    reason: textOf(error),
    mend,
    retryAfterSeconds: error.retryAfterSeconds,
    unasked: false,
    seenAt: 'work',
  };
}

/** The trouble of a look at the forge that failed: whatever it is, the agent can do nothing until it is over. */
export function troubleOfLook(error: ForgeError, slot: HostedAgent): Trouble {
  const kind = waitedFor.has(error.kind) || error.kind === 'not-found' ? (error.kind as WaitKind) : 'malformed';
  return waiting(error, kind, slot, 'look');
}

function waiting(error: ForgeError | GitError, kind: WaitKind, slot: HostedAgent, seenAt: Trouble['seenAt']): Trouble {
  const { retryAfterSeconds, unasked } = error instanceof ForgeError ? error : { retryAfterSeconds: null, unasked: false };
  return { kind: 'wait', cause: causeOf(kind, slot), reason: textOf(error), mend: mendOf(kind, textOf(error), slot), retryAfterSeconds, unasked, seenAt };
}

/** REST and git of a forge fail together: one cause, whichever is seen first. What is wrong with an account is a cause per account. */
function causeOf(kind: WaitKind, { settings, project }: HostedAgent): string {
  if (kind === 'full') return 'disk full';
  if (kind === 'not-found') return `forge not-found ${project.repository}`;
  return kind === 'auth' || kind === 'forbidden' ? `forge ${kind} ${settings.identity}` : `forge ${kind}`;
}

function mendOf(kind: WaitKind, reason: string, slot: HostedAgent): string {
  const isArchived = kind === 'forbidden' && /\bis archived\b/i.test(reason);
  return isArchived ? `un-archive ${slot.project.repository} on the forge, or take its project out of disinto.toml` : mends[kind](slot);
}

const mends: Readonly<Record<WaitKind, (slot: HostedAgent) => string>> = {
  unavailable: ({ config }) => `check that the forge at ${config.forge.url} runs and answers; work goes on by itself when it does`,
  'rate-limited': () => 'nothing, unless it lasts: then let the forge, or the proxy before it, allow more requests',
  malformed: ({ config }) => `see what answers at ${config.forge.url} in place of the forge (a proxy, a login page); work goes on by itself`,
  auth: ({ settings }) =>
    `make a new token for the account ${settings.identity} and put it into ${settings.tokenFile ?? 'what FORGE_TOKEN_FILE names'}, or remove that file and run disinto init again, which makes one; no restart is needed`,
  forbidden: ({ settings }) => `give the account ${settings.identity} (or the scope of its token) the right that the reason names`,
  'not-found': ({ settings, project }) => `check that ${project.repository} exists and that the account ${settings.identity} may see it`,
  full: ({ config }) => `free some space on the volume of ${config.instance.data}`,
};

/** Whether it is the forge as a whole that does not serve us: what serves one agent then may serve all. A wait that the forge asked for is kept. */
export function mayEndForAll({ cause, retryAfterSeconds, unasked }: Trouble): boolean {
  return cause === 'forge unavailable' || (cause === 'forge rate-limited' && (unasked || (retryAfterSeconds ?? 0) <= 1));
}

/** Looks again at what failed, and throws what still does. A right that lacks, and what a single request meets, only work shows. */
export async function lookAgain({ cause, seenAt }: Trouble, { ports }: HostedAgent): Promise<void> {
  if (seenAt === 'work' && !/unavailable|rate-limited|malformed/.test(cause)) return;
  await ports.view.refresh();
  if (seenAt === 'git' && cause !== 'disk full') await ports.git.listRefs('refs/disinto/claims/');
}

/** What an error says, with the cause that it names. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
