import { describe, expect, it } from 'vitest';
import { parseWorkflows } from './parse.ts';
import { asksForPaths, occasionOf, selectWorkflows } from './select.ts';
import { holdsIn } from './when.ts';

const step = 'steps: {a: {commands: [ls]}}\n';
const names = (
  files: Record<string, string>,
  kind: 'pull-request' | 'merge-result' | 'branch',
  changedPaths: readonly string[] | null = null,
  message: string | null = null,
): readonly string[] => {
  const workflows = parseWorkflows(Object.entries(files).map(([name, when]) => ({ path: `.woodpecker/${name}.yaml`, text: `${when}\n${step}` })));
  return selectWorkflows(workflows, occasionOf({ kind, branch: 'main' }, { changedPaths, message })).map((workflow) => workflow.name);
};

const byEvent = {
  any: '',
  pr: 'when: {event: pull_request}',
  push: 'when: {event: push}',
  pushmain: 'when: {event: push, branch: main}',
  pushdev: 'when: {event: push, branch: dev}',
  prnotmain: 'when: {event: pull_request, branch: {exclude: main}}',
  either: 'when:\n  - event: tag\n  - event: [manual, pull_request]',
  cron: 'when: {event: cron}',
};

describe('which workflows judge what', () => {
  it('a pull request by its event and its base branch', () => {
    expect(names(byEvent, 'pull-request')).toEqual(['any', 'pr', 'either']);
  });
  it('a push by the branch', () => {
    expect(names(byEvent, 'branch')).toEqual(['any', 'push', 'pushmain']);
  });
  it('a merge result as both, so that it is never tested less than the head', () => {
    expect(names(byEvent, 'merge-result')).toEqual(['any', 'pr', 'push', 'pushmain', 'either']);
  });
  it('a broken workflow that might match is among them, one that cannot is not', () => {
    const broken = {
      a: 'services: {}\nwhen: {event: push}',
      b: 'services: {}\nwhen: {event: cron, cron: nightly}',
      c: 'when: {event: push, evaluate: x}',
      d: 'when: {event: pull_request, ref: x}',
    };
    expect(names(broken, 'branch')).toEqual(['a', 'c']);
  });
});

describe('path filters', () => {
  const files = {
    src: 'when: {path: "src/**"}',
    notdocs: 'when: {path: {exclude: ["docs/**", "*.md"]}}',
    both: 'when: {path: {include: ["src/**"], exclude: ["src/gen/**"]}}',
    never: 'when: {path: {include: [src/**], on_empty: false}}',
    message: 'when: {path: {include: [nothing], ignore_message: "[ALL]"}}',
  };
  it.each([
    [['src/a.ts'], null, ['src', 'notdocs', 'both', 'never']],
    [['docs/a.md', 'README.md'], null, []],
    [['docs/a.md', 'Makefile'], null, ['notdocs']],
    [['src/gen/a.ts'], null, ['src', 'notdocs', 'never']],
    [['src/gen/a.ts', 'b.txt'], null, ['src', 'notdocs', 'both', 'never']],
    [[], null, ['src', 'notdocs', 'both', 'message']],
    [['x'], 'please [all]', ['notdocs', 'message']],
    [null, null, ['src', 'notdocs', 'both', 'never', 'message']],
  ])('%j with message %j: %j', (paths, message, expected) => {
    expect(names(files, 'pull-request', paths, message)).toEqual(expected);
  });
  it('are looked for in workflows and steps', () => {
    const asks = (text: string): boolean => asksForPaths(parseWorkflows([{ path: '.woodpecker.yaml', text }]));
    expect([asks(step), asks(`when: {path: a}\n${step}`), asks('steps: {a: {commands: [ls], when: {path: a}}}\n')]).toEqual([false, true, true]);
  });
});

it.each([
  ['', 'success', true],
  ['', 'failure', false],
  ['when: {status: failure}', 'success', false],
  ['when: {status: failure}', 'failure', true],
  ['when: {status: [success, failure]}', 'failure', true],
  ['when: [{event: push}, {event: pull_request, status: failure}]', 'failure', false],
  ['when: [{event: push}, {event: pull_request, status: failure}]', 'success', true],
] as const)('a step with "%s" in a workflow in %s: %s', (when, state, expected) => {
  const [workflow] = parseWorkflows([{ path: '.woodpecker.yaml', text: `steps:\n  - commands: [ls]\n    ${when}\n` }]);
  const steps = workflow?.kind === 'sound' ? workflow.steps : [];
  expect(holdsIn(steps[0]?.when ?? [], occasionOf({ kind: 'branch', branch: 'main' }, { changedPaths: null, message: null }), state)).toBe(expected);
});
