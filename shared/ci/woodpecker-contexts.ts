import { mergeBranch } from '#domain/name';
import { CiError } from './ci.ts';
import type { CiSubject } from './ci.ts';
import type { Selection } from './selection.ts';
import { contextOf } from './woodpecker/context.ts';
import type { StatusEvent } from './woodpecker/context.ts';
import type { Occasion, Workflow } from './workflow/model.ts';
import { selectWorkflows } from './workflow/select.ts';

/**
 * The contexts that a subject needs. Woodpecker sees a merge result as a push to its own branch, so whatever judges the pull
 * request must run on that push too. Throws `CiError` (config) where the files do not tell, and where a workflow would leave merge
 * results untested. `select`: the workflows of the base (or of the head, when its change to them is approved).
 */
export async function woodpeckerContexts(subject: CiSubject, select: (subject: CiSubject) => Promise<Selection>): Promise<readonly string[]> {
  const asked = subject.kind === 'merge-result' ? { ...subject, kind: 'pull-request' as const } : subject;
  const { occasion, all, workflows } = await select(asked);
  for (const workflow of workflows) if (workflow.doubt !== null) throw doubtful(workflow, workflow.doubt);
  if (subject.kind === 'pull-request') return sorted('pr', workflows);
  if (subject.kind === 'branch') return sorted('push', workflows);
  const push: Occasion = { ...occasion, events: ['push'], branch: mergeBranch(subject.number ?? 0) };
  const pushed = selectWorkflows(all, push).filter((workflow) => workflow.doubt === null);
  const untested = workflows.find((workflow) => !pushed.some((other) => other.name === workflow.name));
  if (untested === undefined) return sorted('push', pushed);
  const mend = 'let its "when" also name the event push on the branches disinto/merge/*';
  throw new CiError('config', `${untested.path}: Woodpecker would not run "${untested.name}" on merge results, which are pushed as ${push.branch}; ${mend}`);
}

const sorted = (event: StatusEvent, workflows: readonly Workflow[]): readonly string[] => workflows.map(({ name }) => contextOf(event, name)).toSorted();

function doubtful({ path }: Workflow, doubt: string): CiError {
  return new CiError(
    'config',
    `${path}: ${doubt}, so its contexts on Woodpecker cannot be told from the file; set contexts = "protection" in [projects.*.ci] and name them there`,
  );
}
