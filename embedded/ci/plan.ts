import { createSelector } from '../../shared/ci/selection.ts';
import type { ConfigAllowed, Selection } from '../../shared/ci/selection.ts';
import type { Repository } from './repository.ts';
import type { Subject } from './subject.ts';

/** What runs for a subject. */
export interface Plan extends Selection {
  readonly subject: Subject;
}

/** Plans subjects from the files of the repository; see `createSelector` for whose configuration counts. */
export function createPlanner(repository: Repository, allowed: ConfigAllowed | null): (subject: Subject) => Promise<Plan> {
  const select = createSelector(
    {
      files: (commit) => repository.workflowFiles(commit),
      change: ({ kind, base, head }) => (kind === 'branch' ? repository.lastChange(head) : repository.change(base, head)),
    },
    allowed,
  );
  return async (subject) => ({ subject, ...(await select(subject)) });
}
