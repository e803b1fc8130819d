import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Shows, createMatrix } from './matrix/matrix.ts';
import { renderMatrix } from './matrix/table.ts';
import { commentContract } from './suite/comment.ts';
import { commitContract } from './suite/commit.ts';
import { errorContract } from './suite/error.ts';
import { faultContract } from './matrix/fault.ts';
import { changeContract, issueContract } from './suite/issue.ts';
import { labelContract } from './suite/label.ts';
import { historyContract } from './odd/history.ts';
import { largeContract } from './odd/large.ts';
import { raceContract } from './odd/race.ts';
import { standingContract } from './odd/standing.ts';
import { textContract } from './odd/text.ts';
import { measuredHookContract } from './suite/measured-hook.ts';
import { measuredMergeContract } from './suite/measured-merge.ts';
import { measuredContract } from './suite/measured.ts';
import { mergeContract } from './suite/merge.ts';
import { pullContract } from './suite/pull.ts';
import { refContract } from './suite/ref.ts';
import { refusalContract } from './matrix/refusal.ts';
import { reviewContract } from './suite/review.ts';
import { viewContract } from './suite/view.ts';
import type { TestRepository, TestWorld } from './world.ts';

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

const parts: readonly ((contract: Contract) => void)[] = [
  issueContract,
  changeContract,
  labelContract,
  commentContract,
  pullContract,
  reviewContract,
  mergeContract,
  commitContract,
  refContract,
  errorContract,
  refusalContract,
  faultContract,
  viewContract,
  largeContract,
  raceContract,
  textContract,
  historyContract,
  standingContract,
  measuredContract,
  measuredMergeContract,
  measuredHookContract,
];

/** Everything that the `Forge` and `View` promise, shown on a running forge. The same suite holds for each of them. */
export function forgeContract(name: string, makeWorld: () => Promise<TestWorld>): void {
  const matrix = createMatrix();
  describe(name, () => {
    let world: TestWorld;
    beforeAll(async () => {
      world = await makeWorld();
    }, 60_000);
    afterAll(() => world.close());
    beforeEach(matrix.begin);
    const make: Contract['make'] = async () => matrix.observe(await world.repository());
    let common: Promise<TestRepository> | null = null;
    let branches = 0;
    const contract: Contract = { make, shared: () => (common ??= make()), branch: () => `fix/case-${(branches += 1)}`, shows: matrix.shows };
    for (const part of parts) part(contract);

    it('showed every verb with each of its outcomes', () => {
      console.log(renderMatrix(name, matrix));
      expect(matrix.faults()).toEqual([]);
    });
  });
}
