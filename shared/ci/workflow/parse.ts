import { checkObject } from './check.ts';
import { readWhen } from './conditions.ts';
import type { SoundWorkflow, Workflow, WorkflowFile } from './model.ts';
import { findCycle } from './order.ts';
import { workflowShape } from './schema.ts';
import { readSteps } from './steps.ts';
import { readYaml } from './yaml.ts';
import type { Place } from './yaml.ts';

/** Paths, among those of a repository, that are its workflow files: `.woodpecker/*.yaml|*.yml`, else the one in the root. */
export function workflowPaths(paths: readonly string[]): readonly string[] {
  const inFolder = paths.filter((path) => /^\.woodpecker\/[^/]+\.ya?ml$/.test(path)).toSorted();
  if (inFolder.length > 0) return inFolder;
  const root = ['.woodpecker.yaml', '.woodpecker.yml'].find((path) => paths.includes(path));
  return root === undefined ? [] : [root];
}

/** Whether a path is CI configuration, so that changing it changes what is tested. */
export const isWorkflowPath = (path: string): boolean => /^\.woodpecker(\.ya?ml$|\/)/.test(path);

/** Reads all workflow files of a commit. What is wrong with one, or between them, makes that workflow `broken`; nothing is thrown. */
export function parseWorkflows(files: readonly WorkflowFile[]): readonly Workflow[] {
  const workflows = files.map(parseWorkflow);
  const names = workflows.map((workflow) => workflow.name);
  const cycle = findCycle(workflows.map((each) => ({ name: each.name, dependsOn: each.kind === 'sound' ? each.dependsOn : [] })));
  return workflows.flatMap((workflow, i) => {
    if (names.indexOf(workflow.name) !== i) return [];
    if (names.lastIndexOf(workflow.name) !== i) return [asBroken(workflow, `two files make the workflow "${workflow.name}"; rename one`)];
    if (workflow.kind === 'broken') return [workflow];
    const unknown = workflow.dependsOn.find((name) => !names.includes(name));
    if (unknown !== undefined) return [asBroken(workflow, `depends_on names the workflow "${unknown}", which does not exist`)];
    const circling = cycle?.split(' → ').includes(workflow.name) === true;
    return [circling ? asBroken(workflow, `workflows depend on each other in a circle: ${cycle}`) : workflow];
  });
}

const asBroken = ({ name, context, path, when, doubt }: Workflow, problem: string): Workflow => ({
  kind: 'broken',
  name,
  context,
  path,
  when,
  doubt,
  problem: `${path}: ${problem}`,
});

function parseWorkflow(file: WorkflowFile): Workflow {
  const name = nameOf(file.path);
  const who = { name, context: `ci/${name}`, path: file.path };
  const yaml = readYaml(file.text);
  if ('problem' in yaml) return { kind: 'broken', ...who, when: [], doubt: yaml.problem, problem: `${file.path}:${yaml.line}: ${yaml.problem}` };
  const problems: { readonly line: number; readonly text: string }[] = [];
  const report = (place: Place, text: string): void => void problems.push({ line: yaml.lineOf(place), text });
  const parts = (typeof yaml.value === 'object' && yaml.value !== null ? yaml.value : {}) as { readonly when?: unknown; readonly steps?: unknown };
  const doubts: string[] = 'matrix' in parts ? ['it has a matrix'] : [];
  const top = checkObject(workflowShape, yaml.value, [], report);
  const when = readWhen(parts.when, 'workflow', ['when'], (place, text) => {
    doubts.push(text);
    report(place, text);
  });
  const doubt = doubts[0] ?? null;
  const steps = readSteps(parts.steps, report);
  const [first] = problems.toSorted((a, b) => a.line - b.line);
  if (first === undefined && top !== null) return soundWorkflow({ ...who, when, doubt, steps }, top);
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return { kind: 'broken', ...who, when, doubt, problem: `${file.path}:${first?.line ?? 1}: ${first?.text ?? 'cannot be read'}${more}` };
}

function soundWorkflow(
  known: Pick<SoundWorkflow, 'name' | 'context' | 'path' | 'when' | 'doubt' | 'steps'>,
  top: { readonly depends_on?: readonly string[] | undefined; readonly skip_clone?: 'true' | 'false' | undefined },
): SoundWorkflow {
  return { kind: 'sound', ...known, dependsOn: top.depends_on ?? [], checkout: top.skip_clone === 'true' ? 'nothing' : 'commit' };
}

const nameOf = (path: string): string =>
  path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.ya?ml$/, '')
    .replace(/^\.+/, '') || 'workflow';
