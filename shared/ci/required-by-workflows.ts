import type { Git } from '#git';
import type { Sha } from '#domain/sha';
import type { CiSubject } from './ci.ts';
import type { Occasion, Workflow } from './workflow/model.ts';
import { isWorkflowPath, parseWorkflows, workflowPaths } from './workflow/parse.ts';
import { asksForPaths, occasionOf, selectWorkflows } from './workflow/required.ts';

/** Says whether a change to CI configuration is approved, so that the changed files count instead of the base's. */
export interface ConfigAllowed {
  (head: Sha, pullRequest: number): Promise<boolean>;
}

type GitReader = Pick<Git, 'listFiles' | 'readFile' | 'listChangedFiles' | 'mergeBase' | 'readCommit'>;

const remembered = 100;

/** Contexts that the workflow files of the base commit (or of the head, when its change to them is allowed) ask for. Remembers files per commit. */
export function createRequiredByWorkflows(git: GitReader, configAllowed: ConfigAllowed | null): (subject: CiSubject) => Promise<readonly string[]> {
  const known = new Map<Sha, Promise<readonly Workflow[]>>();
  const workflowsAt = (commit: Sha): Promise<readonly Workflow[]> => {
    const found = known.get(commit);
    if (found !== undefined) return found;
    const reading = readWorkflows(git, commit);
    reading.catch(() => known.delete(commit));
    known.set(commit, reading);
    for (const oldest of known.keys()) if (known.size > remembered) known.delete(oldest);
    return reading;
  };
  return async (subject) => {
    const workflows = await workflowsAt(await configCommit(git, subject, configAllowed));
    const change = asksForPaths(workflows) ? await readChange(git, subject) : { changedPaths: null, message: null };
    return selectWorkflows(workflows, occasionOf(subject, change)).map((workflow) => workflow.context).toSorted();
  };
}

async function readWorkflows(git: GitReader, commit: Sha): Promise<readonly Workflow[]> {
  const inFolder = await git.listFiles(commit, '.woodpecker');
  const paths = workflowPaths([...inFolder, '.woodpecker.yaml', '.woodpecker.yml']);
  const candidates = paths[0]?.startsWith('.woodpecker/') === true ? paths : ['.woodpecker.yaml', '.woodpecker.yml'];
  const read = await Promise.all(candidates.map(async (path) => ({ path, bytes: await git.readFile(commit, path) })));
  const files = read.flatMap(({ path, bytes }) => (bytes === null ? [] : [{ path, text: bytes.toString('utf8') }]));
  return parseWorkflows(files.filter((file) => workflowPaths(files.map((each) => each.path)).includes(file.path)));
}

async function configCommit(git: GitReader, subject: CiSubject, allowed: ConfigAllowed | null): Promise<Sha> {
  if (subject.kind === 'branch') return subject.head;
  if (allowed === null || subject.number === null) return subject.base;
  const { changedPaths } = await readChange(git, subject);
  if (changedPaths === null || !changedPaths.some(isWorkflowPath)) return subject.base;
  return (await allowed(subject.head, subject.number)) ? subject.head : subject.base;
}

/** What the subject changes: since it left its base; of a branch, what its last commit changed. */
async function readChange(git: GitReader, subject: CiSubject): Promise<Pick<Occasion, 'changedPaths' | 'message'>> {
  const commit = await git.readCommit(subject.head);
  const from = subject.kind === 'branch' ? (commit?.parents[0] ?? null) : await git.mergeBase(subject.base, subject.head);
  const changedPaths = from === null ? null : (await git.listChangedFiles(from, subject.head)).map((file) => file.path);
  return { changedPaths, message: commit?.message ?? null };
}
