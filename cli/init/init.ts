import type { RepositoryFacts } from '#forge/admin';
import type { Log } from '#log';
import type { PlannedStep } from '#pipeline';
import { systemChance, systemClock } from '../../shared/clock/system.ts';
import { createForgeAdmin } from '../../shared/forge/admin/forge-admin.ts';
import { createSecretRegistry } from '../../shared/log/mask.ts';
import { applySteps } from '../../shared/pipeline/apply.ts';
import { planSteps } from '../../shared/pipeline/plan.ts';
import { CliError } from '../command.ts';
import type { InitContext, InitStep } from './context.ts';
import { copiedSeat, runningSeat, type Seat, servedSeat } from './seat/embedded.ts';
import { createGitHand } from './git-hand.ts';
import { forgeKey, openJournal, takesOurToken } from './journal.ts';
import { nextSteps } from './next.ts';
import type { InitOptions } from './options.ts';
import { withLock } from './seat/lock.ts';
import { remember } from './seat/remember.ts';
import { asksForLook, isNeeded, isObstacle, type Report } from './report.ts';
import { givenSeat, localAddressTo, signIn } from './seat/seat.ts';
import { createSecretFiles, type SecretFiles } from './secret-files.ts';
import { readPresent, resolveSettings, withRestriction } from './settings.ts';
import { initSteps, opsBranch } from './steps.ts';
import type { ConfigPart } from '../../shared/config/schema.ts';

export interface InitTools {
  readonly report: Report;
  readonly signal: AbortSignal;
  /** Null: there is no terminal to ask on. */
  readonly ask: ((question: string) => Promise<boolean>) | null;
}

interface Deps {
  readonly clock: typeof systemClock;
  readonly chance: typeof systemChance;
  readonly secrets: SecretFiles;
  readonly mask: (text: string) => string;
  readonly signal: AbortSignal;
}

/** Plans, shows the plan, and does what it says. Exit code. Throws `CliError`, `ConfigError`, `ForgeError`. */
export async function runInit(options: InitOptions, tools: InitTools): Promise<number> {
  const registry = createSecretRegistry();
  const deps: Deps = { clock: systemClock, chance: systemChance, secrets: createSecretFiles(registry), mask: registry.mask, signal: tools.signal };
  const seat = await planningSeat(options, deps);
  const end = await planned<number | { readonly data: string }>(seat, options, deps, async (prepared, plan) => {
    tools.report.plan([prepared.about, ...seat.makes.map((line) => `  ${line}`)].join('\n'), plan);
    const code = await decide(options, seat, plan, tools);
    if (code !== null) return code;
    const { data } = prepared.context.settings.config.instance;
    return seat.answersAt === seat.url ? withLock(data, () => apply(prepared, plan, deps, tools)) : { data };
  });
  if (typeof end === 'number') return end;
  // The plan was made on a copy of the embedded forge; now the forge itself is served.
  return withLock(end.data, async () =>
    planned(await servedSeat(options, presentOf(options), deps), options, deps, (prepared, plan) => apply(prepared, plan, deps, tools)),
  );
}

/** Plans on a seat, hands the plan on, and leaves the seat. */
async function planned<T>(seat: Seat, options: InitOptions, deps: Deps, use: (prepared: Prepared, plan: readonly PlannedStep[]) => Promise<T>): Promise<T> {
  try {
    const prepared = await prepare(seat, options, deps);
    try {
      const { clock, mask } = deps;
      return await use(prepared, await planSteps(prepared.steps, prepared.context, { signal: deps.signal, clock, mask }));
    } finally {
      await prepared.context.git.close();
    }
  } finally {
    await seat.close();
  }
}

const presentOf = (options: InitOptions): ConfigPart => readPresent(options.config)?.value ?? {};

async function planningSeat(options: InitOptions, deps: Deps): Promise<Seat> {
  if (options.forgeUrl !== null) return givenSeat(options, options.forgeUrl, deps.secrets);
  return (await runningSeat(options, presentOf(options), deps)) ?? copiedSeat(options, presentOf(options), deps);
}

interface Prepared {
  readonly about: string;
  readonly steps: readonly InitStep[];
  readonly context: InitContext;
  /** Drops what was learnt: a person may have thought for a while. */
  forget(): void;
}

/** Looks at what the plan depends on, and changes nothing. */
async function prepare(seat: Seat, options: InitOptions, { clock, chance, secrets, mask }: Deps): Promise<Prepared> {
  const localAddress = await localAddressTo(seat.answersAt);
  const { admin, forget } = remember(createForgeAdmin({ url: seat.answersAt, token: () => seat.token, timeoutSeconds: 30, clock, chance, log: silent }));
  const me = await signIn(admin, seat.url);
  const version = await admin.version();
  const git = createGitHand(seat.answersAt, mask, forget);
  const facts = await admin.findRepository(options.repository);
  const branch = await branchOf(facts, options, (from) => git.headOf(from));
  const resolved = resolveSettings(options, { forgeUrl: seat.url, me: me.login, branch, isPrivate: facts?.private ?? options.private, localAddress });
  const accounts = await Promise.all(resolved.accounts.map((account) => withRestriction(admin, me.siteAdmin, account)));
  const settings = { ...resolved, accounts };
  const opsDefaultBranch = (await admin.findRepository(settings.ops))?.defaultBranch || opsBranch;
  const knowsUs = (): Promise<boolean> => takesOurToken(admin, secrets, accounts);
  const journal = await openJournal(settings.journalFile, clock, { key: forgeKey(settings.config.forge), knowsUs });
  const context: InitContext = { admin, me, options, settings, journal, secrets, git, url: seat.answersAt, adminToken: seat.token, clock, chance };
  const about = `disinto init: ${options.repository} on ${seat.url} (version ${version}), as ${me.login}${me.siteAdmin ? ', a site admin' : ', who is no site admin'}`;
  return { about, steps: initSteps(settings, options, opsDefaultBranch), context, forget };
}

const silent: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => silent };

async function branchOf(facts: RepositoryFacts | null, options: InitOptions, headOf: (from: string) => Promise<string>): Promise<string> {
  if (facts !== null && !facts.empty) return facts.defaultBranch;
  if (options.from !== null) return headOf(options.from);
  return facts?.defaultBranch || 'main';
}

/** Exit code, or null: the plan is to be applied. */
async function decide(options: InitOptions, seat: Seat, plan: readonly PlannedStep[], { report, ask }: InitTools): Promise<number | null> {
  if (options.dryRun) return plan.some(isObstacle) ? 1 : 0;
  if (plan.some(isObstacle)) {
    report.say('Nothing was changed: what cannot be done comes first.');
    return 1;
  }
  if (seat.makes.length === 0 && !plan.some(isNeeded)) {
    report.end({ end: plan.some(asksForLook) ? 'degraded' : 'done', applied: 0, failures: [] }, []);
    return 0;
  }
  if (options.yes) return null;
  if (ask === null) throw new CliError('Nothing was changed: there is no terminal to ask on. Add --yes to do what the plan says.', 2);
  if (await ask('Do this? [y/N] ')) return null;
  report.say('Nothing was changed.');
  return 1;
}

const codes = { done: 0, degraded: 0, failed: 1, cancelled: 130 } as const;

async function apply(
  { steps, context, forget }: Prepared,
  plan: readonly PlannedStep[],
  { clock, mask, signal }: Deps,
  { report }: InitTools,
): Promise<number> {
  forget();
  const result = await applySteps(steps, plan, context, { signal, clock, mask, reporter: report.onEvent });
  const isUsable = result.end === 'done' || result.end === 'degraded';
  report.end(result, isUsable ? nextSteps(context.settings, context.settings.config.forge.url) : []);
  return codes[result.end];
}
