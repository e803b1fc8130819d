import type { Sha } from '#domain/sha';
import type { Occasion, Workflow } from '../../shared/ci/workflow/model.ts';
import { isWorkflowPath, parseWorkflows } from '../../shared/ci/workflow/parse.ts';
import { asksForPaths, occasionOf, selectWorkflows } from '../../shared/ci/workflow/required.ts';
import type { Repository } from './repository.ts';
import type { Subject } from './subject.ts';

/** What runs for a subject: the workflows that match, broken ones included. None: the repository has no CI for it. */
export interface Plan {
  readonly subject: Subject;
  readonly occasion: Occasion;
  readonly workflows: readonly Workflow[];
}

export interface ConfigAllowed {
  (head: Sha, pullRequest: number): Promise<boolean>;
}

/**
 * Plans subjects. The configuration is the base's, unless the subject changes it and `allowed` says that the change is
 * approved. Files are read once per commit, plans made once per subject, base and approval.
 */
export function createPlanner(repository: Repository, allowed: ConfigAllowed | null): (subject: Subject) => Promise<Plan> {
  const files = remember((commit: string) => repository.workflowFiles(commit as Sha).then(parseWorkflows));
  const changes = remember((key: string) => {
    const [base, head] = key.split(' ') as [Sha, Sha];
    return base === head ? repository.lastChange(head) : repository.change(base, head);
  });
  const changeOf = ({ kind, base, head }: Subject): Promise<Pick<Occasion, 'changedPaths' | 'message'>> => changes(`${kind === 'branch' ? head : base} ${head}`);

  const configCommit = async (subject: Subject): Promise<Sha> => {
    if (subject.kind === 'branch') return subject.head;
    if (allowed === null || subject.number === null) return subject.base;
    const { changedPaths } = await changeOf(subject);
    if (changedPaths?.some(isWorkflowPath) !== true) return subject.base;
    return (await allowed(subject.head, subject.number)) ? subject.head : subject.base;
  };
  return async (subject) => {
    const all = await files(await configCommit(subject));
    const change = asksForPaths(all) ? await changeOf(subject) : { changedPaths: null, message: null };
    const occasion = occasionOf(subject, change);
    return { subject, occasion, workflows: selectWorkflows(all, occasion) };
  };
}

const remembered = 200;

/** Keeps the latest answers; a failure is not kept. */
function remember<T>(make: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(key);
    made.catch(() => known.delete(key));
    known.set(key, made);
    for (const oldest of known.keys()) if (known.size > remembered) known.delete(oldest);
    return made;
  };
}
