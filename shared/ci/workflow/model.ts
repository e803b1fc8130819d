/** A workflow file of a repository, as text. `path` is relative to the root of the repository. */
export interface WorkflowFile {
  readonly path: string;
  readonly text: string;
}

/** A workflow as understood. `broken`: the file cannot be run as it is; `problem` says where and why in one line. */
export type Workflow = SoundWorkflow | BrokenWorkflow;

interface WorkflowName {
  /** File name without folder, leading dot and extension. */
  readonly name: string;
  /** Context of its commit status: `ci/<name>`. */
  readonly context: string;
  readonly path: string;
  /** It runs when one of these holds; always when there are none. Of a broken workflow: what could be read of them. */
  readonly when: readonly Condition[];
  /** Why this file alone does not tell when another CI than ours runs it and what it calls its checks, or null when it does. */
  readonly doubt: string | null;
}

export interface SoundWorkflow extends WorkflowName {
  readonly kind: 'sound';
  /** Names of workflows that must have passed before it starts. */
  readonly dependsOn: readonly string[];
  /** Whether it starts in an empty directory instead of a checkout. */
  readonly checkout: 'commit' | 'nothing';
  readonly steps: readonly Step[];
}

export interface BrokenWorkflow extends WorkflowName {
  readonly kind: 'broken';
  readonly problem: string;
}

export interface Step {
  readonly name: string;
  readonly commands: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly when: readonly Condition[];
  /** Null when the step does not say: then it waits for the step before it, unless another step of the workflow does say. */
  readonly dependsOn: readonly string[] | null;
  readonly failure: 'fail' | 'ignore';
  /** Directory of the commands inside the checkout, or null for its root. */
  readonly directory: string | null;
}

/** One `when` entry: every part that is given must hold. */
export interface Condition {
  readonly event: readonly string[] | null;
  readonly branch: Filter | null;
  readonly path: PathFilter | null;
  /** Of steps only: run while the workflow is well, after a failure, or both. Null means success. */
  readonly status: readonly ('success' | 'failure')[] | null;
}

export interface Filter {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface PathFilter extends Filter {
  /** Text in the commit message that turns the filter off. */
  readonly ignoreMessage: string | null;
  /** What a change without files counts as. */
  readonly onEmpty: 'match' | 'no-match';
}

/** What a `when` is held against. */
export interface Occasion {
  /** Events it counts as: one that matches is enough. */
  readonly events: readonly ('push' | 'pull_request')[];
  readonly branch: string;
  /** Paths that the change touches, or null when they are not known: then path filters hold. */
  readonly changedPaths: readonly string[] | null;
  /** Message of the commit, or null when it is not known. */
  readonly message: string | null;
}
