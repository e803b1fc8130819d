import type { Shows } from './matrix/matrix.ts';
import type { TestRepository } from './world.ts';

/** A real forge does some things in the background: within this time they have happened, on a busy machine too. */
export const eventually = { timeout: 30_000, interval: 100 };

/** What a part of the contract works with. */
export interface Contract {
  /** A fresh repository. */
  readonly make: () => Promise<TestRepository>;
  /** One repository for all cases that bring issues and branches of their own and ask about those alone. Its main may move. */
  readonly shared: () => Promise<TestRepository>;
  /** The name of a branch that no other case uses. */
  readonly branch: () => string;
  /** Declares which outcomes of which verb the case has shown; the last statement of a case. */
  readonly shows: Shows;
}
