import { afterAll, beforeAll, describe } from 'vitest';
import { commentContract } from './suite/comment.ts';
import { commitContract } from './suite/commit.ts';
import { errorContract } from './suite/error.ts';
import { changeContract, issueContract } from './suite/issue.ts';
import { labelContract } from './suite/label.ts';
import { mergeContract } from './suite/merge.ts';
import { pullContract } from './suite/pull.ts';
import { refContract } from './suite/ref.ts';
import { reviewContract } from './suite/review.ts';
import { viewContract } from './suite/view.ts';
import type { TestRepository, TestWorld } from './world.ts';

/** Everything that the `Forge` and `View` promise, shown on a running forge. The same suite holds for each of them. */
export function forgeContract(name: string, makeWorld: () => Promise<TestWorld>): void {
  describe(name, () => {
    let world: TestWorld;
    beforeAll(async () => {
      world = await makeWorld();
    }, 60_000);
    afterAll(() => world.close());
    const repository = (): Promise<TestRepository> => world.repository();
    issueContract(repository);
    changeContract(repository);
    labelContract(repository);
    commentContract(repository);
    pullContract(repository);
    reviewContract(repository);
    mergeContract(repository);
    commitContract(repository);
    refContract(repository);
    errorContract(repository);
    viewContract(repository);
  });
}
