import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMatrix } from './matrix/matrix.ts';
import { renderMatrix } from './matrix/table.ts';
import { commentContract } from './suite/comment.ts';
import { commitContract } from './suite/commit.ts';
import { errorContract } from './suite/error.ts';
import { faultContract } from './matrix/fault.ts';
import { changeContract, issueContract } from './suite/issue.ts';
import { labelContract } from './suite/label.ts';
import { forkContract } from './odd/fork.ts';
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
import type { Contract } from './part.ts';
import type { TestRepository, TestWorld } from './world.ts';

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
  forkContract,
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
