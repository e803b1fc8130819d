import type { Sha } from '#domain/sha';
import type { CiSubject } from './ci.ts';
import type { Occasion, Workflow, WorkflowFile } from './workflow/model.ts';
import { isWorkflowPath, parseWorkflows } from './workflow/parse.ts';
import { asksForPaths, occasionOf, selectWorkflows } from './workflow/select.ts';

/** Says whether a change to CI configuration is approved, so that the changed files count instead of the base's. */
export interface ConfigAllowed {
  (head: Sha, pullRequest: number): Promise<boolean>;
}

/** Where workflow files and changes are read. */
export interface WorkflowReader {
  /** All workflow files of a commit. */
  files(commit: Sha): Promise<readonly WorkflowFile[]>;
  /** What the subject changes: since it left its base; of a branch, what its last commit changed. Null: not known. */
  change(subject: CiSubject): Promise<Pick<Occasion, 'changedPaths' | 'message'>>;
}

export interface Selection {
  readonly occasion: Occasion;
  /** Every workflow of the configuration that counts. */
  readonly all: readonly Workflow[];
  /** Those that match, broken ones included. None: the repository has no CI for this. */
  readonly workflows: readonly Workflow[];
}

/**
 * Finds the workflows that judge a subject. The configuration is the base's, unless the subject changes it and `allowed` says
 * that the change is approved. Port and embedded CI both ask here, so what is required is what is run.
 */
export function createSelector(reader: WorkflowReader, allowed: ConfigAllowed | null): (subject: CiSubject) => Promise<Selection> {
  const workflowsAt = remember(
    (commit: Sha) => commit,
    async (commit: Sha) => parseWorkflows(await reader.files(commit)),
  );
  const changeOf = remember(
    ({ kind, base, head }: CiSubject) => `${kind === 'branch' ? '' : base} ${head}`,
    (subject: CiSubject) => reader.change(subject),
  );

  const configCommit = async (subject: CiSubject): Promise<Sha> => {
    if (subject.kind === 'branch') return subject.head;
    if (allowed === null || subject.number === null) return subject.base;
    const { changedPaths } = await changeOf(subject);
    if (changedPaths?.some(isWorkflowPath) !== true) return subject.base;
    return (await allowed(subject.head, subject.number)) ? subject.head : subject.base;
  };
  return async (subject) => {
    const all = await workflowsAt(await configCommit(subject));
    const change = asksForPaths(all) ? await changeOf(subject) : { changedPaths: null, message: null };
    const occasion = occasionOf(subject, change);
    return { occasion, all, workflows: selectWorkflows(all, occasion) };
  };
}

const remembered = 200;

/** Keeps the latest answers, which never change; a failure is not kept. */
function remember<K, T>(keyOf: (input: K) => string, make: (input: K) => Promise<T>): (input: K) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (input) => {
    const key = keyOf(input);
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(input);
    made.catch(() => known.delete(key));
    known.set(key, made);
    for (const oldest of known.keys()) if (known.size > remembered) known.delete(oldest);
    return made;
  };
}
