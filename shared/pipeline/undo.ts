import type { Clock } from '#clock';
import { type Emit, messageOf } from './emit.ts';
import { within } from './limit.ts';

const secondsPerAct = 10;

export interface UndoStack {
  register(step: string, name: string, act: () => Promise<void>): void;
  /** Forgets what was registered. */
  disarm(): void;
  /** Takes back, newest first; each act has its own time limit, and one that fails stops no other. */
  run(): Promise<void>;
}

export function createUndoStack(clock: Clock, emit: Emit): UndoStack {
  let stack: readonly { readonly step: string; readonly name: string; readonly act: () => Promise<void> }[] = [];
  return {
    register: (step, name, act) => {
      // A step that is tried again registers the same act again: the first is the one that knows how it was before.
      if (!stack.some((each) => each.step === step && each.name === name)) stack = [{ step, name, act }, ...stack];
    },
    disarm: () => {
      stack = [];
    },
    run: async () => {
      const all = stack;
      stack = [];
      for (const { step, name, act } of all) {
        // The signal of the plan is not asked: what was begun is taken back even when somebody grows impatient.
        const message = await within({ clock, signal: null, seconds: secondsPerAct }, act).then(
          () => null,
          (error: unknown) => messageOf(error),
        );
        emit({ type: 'undone', step, name, ok: message === null, message });
      }
    },
  };
}
