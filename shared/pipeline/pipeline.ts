import type { Clock } from '#clock';

/**
 * A plan is a row of steps towards a state of the world. Planning checks each step and changes nothing; applying runs those that
 * are not there yet, in order. Every step may be applied again: a plan that was killed anywhere is completed by the next run.
 */
export interface Step<Context> {
  /** Short and stable: `accounts/dev-bot`. */
  readonly id: string;
  /** What it brings about, for people: `account dev-bot`. */
  readonly title: string;
  /** A fatal step ends the plan when it fails; a degradable one is reported, and the rest goes on. */
  readonly failure: 'fatal' | 'degradable';
  readonly timeoutSeconds: number;
  /** Looks, and changes nothing. Steps are checked in order; a later one may rely on what `Context` promises, not on an apply. */
  check(context: Context, signal: AbortSignal): Promise<Check>;
  /** Brings it about; must be safe after a kill at any moment of an earlier try. Resolves to one line on what was done. */
  apply(context: Context, tools: StepTools): Promise<Applied>;
}

export type Check =
  | { readonly state: 'present'; readonly note?: string }
  /** `action` is what apply will do, exactly, one line each. */
  | { readonly state: 'absent' | 'drifted'; readonly actions: readonly string[] }
  /** Not ours to decide: left as it is. `reason` says what a person may want to look at. */
  | { readonly state: 'skipped'; readonly reason: string; /** The plan then ends as degraded: it is a person's to mend. */ readonly asksForLook?: boolean }
  /** Cannot be done with what we have; nothing is applied at all while one fatal step says so. `byHand` is what an admin has to do. */
  | { readonly state: 'impossible'; readonly reason: string; readonly byHand: readonly string[] };

export type Applied = { readonly note: string; /** It works, but something asks for a look. */ readonly warning?: string };

export interface StepTools {
  readonly signal: AbortSignal;
  /** Registers what takes back a side effect, before the effect is visible. Run newest first after a fatal failure, never after success. */
  undo(name: string, act: () => Promise<void>): void;
  /** From here on nothing that was registered so far is taken back: what stands is worth more than a clean failure. */
  disarm(): void;
  /** A part worth naming, with its own duration. */
  phase<T>(name: string, act: () => Promise<T>): Promise<T>;
}

export type StepEvent = { readonly seq: number; readonly at: Date; readonly step: string } & (
  | { readonly type: 'checked'; readonly check: Check }
  | { readonly type: 'started' }
  | { readonly type: 'phase'; readonly phase: string; readonly durationMs: number; readonly ok: boolean }
  | { readonly type: 'completed'; readonly durationMs: number; readonly note: string }
  | { readonly type: 'warned'; readonly durationMs: number; readonly note: string; readonly warning: string }
  | { readonly type: 'skipped'; readonly reason: string; readonly asksForLook: boolean }
  | { readonly type: 'failed'; readonly durationMs: number; readonly fatal: boolean; readonly message: string }
  | { readonly type: 'undone'; readonly name: string; readonly ok: boolean; readonly message: string | null }
);

/** What planning and applying need besides the steps. */
export interface PlanTools {
  /** Stops the plan between two steps, and the step that runs. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly reporter?: Reporter;
  /** Hides secrets in every text of events and results. */
  readonly mask?: (text: string) => string;
}

/** Hears every event; what it throws is swallowed. Events carry no secret: they pass the mask first. */
export type Reporter = (event: StepEvent) => void;

export interface PlannedStep {
  readonly id: string;
  readonly title: string;
  readonly failure: 'fatal' | 'degradable';
  readonly check: Check;
}

export interface PlanResult {
  /** done: everything is there; degraded: a degradable step failed or warned, or what was skipped asks for a look; failed: a fatal one did; cancelled: the signal came. */
  readonly end: 'done' | 'degraded' | 'failed' | 'cancelled';
  /** How many steps changed something. Zero: there was nothing to do. */
  readonly applied: number;
  readonly failures: readonly { readonly step: string; readonly fatal: boolean; readonly message: string }[];
}

/** A step or the plan as a whole went wrong in a way that is nobody's expectation, for example two steps with one id. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
}
