import { describe, expect, it } from 'vitest';
import type { SoundWorkflow } from './model.ts';
import { isWorkflowPath, parseWorkflows, workflowPaths } from './parse.ts';

const one = (text: string, path = '.woodpecker/test.yaml') => parseWorkflows([{ path, text }])[0];
const sound = (text: string): SoundWorkflow => {
  const workflow = one(text);
  if (workflow?.kind !== 'sound') throw new Error(workflow?.problem ?? 'nothing parsed');
  return workflow;
};
const problem = (text: string): string => {
  const workflow = one(text);
  return workflow?.kind === 'broken' ? workflow.problem : '';
};

describe('what a workflow file says', () => {
  it('reads steps as a list and as a map, texts as they are written', () => {
    const list = sound(
      'steps:\n  - name: build\n    image: node:24\n    commands: [true, echo 1.0]\n    environment: {VERSION: 1.10, ON: yes}\n    failure: ignore\n    directory: sub\n',
    );
    expect(list.steps[0]).toMatchObject({
      name: 'build',
      commands: ['true', 'echo 1.0'],
      environment: { VERSION: '1.10', ON: 'yes' },
      failure: 'ignore',
      directory: 'sub',
      dependsOn: null,
    });
    const map = sound('steps:\n  lint:\n    commands: echo one\n    environment: [A=b=c]\n  test:\n    commands:\n      - echo $${HOME}\n    depends_on: []\n');
    expect(map.steps.map((step) => step.name)).toEqual(['lint', 'test']);
    expect(map.steps[0]?.environment).toEqual({ A: 'b=c' });
    expect(map.steps[1]).toMatchObject({ commands: ['echo ${HOME}'], dependsOn: [] });
  });

  it('understands anchors, merge keys and a variables key', () => {
    const text =
      'variables:\n  - &image node:24\n  - &when {event: [push]}\n  - &base\n    image: *image\n    environment: {A: b}\nsteps:\n  - <<: *base\n    name: test\n    commands: [echo hi]\n    when: *when\n';
    expect(sound(text).steps[0]).toMatchObject({ environment: { A: 'b' }, when: [{ event: ['push'] }] });
  });

  it('reads conditions as a map or as a list of which one must hold', () => {
    const text =
      'when:\n  - event: push\n    branch: [main, release/*]\n  - event: [pull_request]\n    path: {include: ["src/**"], exclude: ["**/*.md"], ignore_message: "[all]", on_empty: false}\n    branch: {exclude: dev}\nsteps: {a: {commands: [ls], when: {status: [success, failure]}}}\n';
    expect(sound(text).when).toEqual([
      { event: ['push'], branch: { include: ['main', 'release/*'], exclude: [] }, path: null, status: null },
      {
        event: ['pull_request'],
        branch: { include: [], exclude: ['dev'] },
        path: { include: ['src/**'], exclude: ['**/*.md'], ignoreMessage: '[all]', onEmpty: 'no-match' },
        status: null,
      },
    ]);
    expect(sound(text).steps[0]?.when[0]?.status).toEqual(['success', 'failure']);
  });
});

describe('what is wrong is said with file, line and key', () => {
  it.each([
    [
      'steps:\n  - name: a\n    commands: [ls]\nmatrix:\n  A: [1]\n',
      /^\.woodpecker\/test\.yaml:4: key "matrix" is not supported here; supported: steps, when, depends_on, labels, skip_clone, variables$/,
    ],
    ['steps:\n  - name: a\n    image: b\n    settings: {x: y}\n    commands: [ls]\n', /:4: key "settings" is not supported here; supported: name, image/],
    ['steps:\n  a:\n    commands: [ls]\n    when:\n      evaluate: "x"\n', /:5: key "evaluate" is not supported here/],
    [
      'when:\n  - event: push\n  - path: {includes: a}\nsteps: {a: {commands: [ls]}}\n',
      /:3: key "includes" is not supported here; supported: include, exclude/,
    ],
    ['when: {status: success}\nsteps: {a: {commands: [ls]}}\n', /:1: key "status" is not supported here/],
    ['when: {event: pusch}\nsteps: {a: {commands: [ls]}}\n', /:1: "event" must be among push, /],
    ['steps:\n  - name: a\n', /:2: step "a" needs commands/],
    ['steps:\n  - name: a\n    commands:\n      - run: x\n', /:3: "commands" must be a text or a list of texts/],
    ['steps: {a: {commands: [ls], directory: ../x}}\n', /"directory" must be a directory inside the repository/],
    ['steps: {a: {commands: [ls], depends_on: b}}\n', /step "a" depends on "b", which does not exist/],
    ['steps: {a: {commands: [ls], depends_on: b}, b: {commands: [ls], depends_on: a}}\n', /in a circle: a → b → a/],
    ['steps:\n  - {name: a, commands: [ls]}\n  - {name: a, commands: [ls]}\n', /two steps are named "a"/],
    ['when: {event: push}\n', /:1: a workflow needs steps/],
    ['steps: [\n', /^\.woodpecker\/test\.yaml:\d+: /],
    ['- a\n', /"the file" must be a map/],
    ['', /must be a map/],
    ['steps:\n  a: {commands: [ls], volumes: [x], privileged: true}\n', /\(and 1 more\)$/],
  ])('%j', (text, expected) => {
    expect(problem(text)).toMatch(expected);
  });

  it('finds what is wrong between files', () => {
    const step = 'steps: {a: {commands: [ls]}}\n';
    const files = [
      { path: '.woodpecker/a.yaml', text: `depends_on: b\n${step}` },
      { path: '.woodpecker/b.yaml', text: `depends_on: a\n${step}` },
      { path: '.woodpecker/c.yaml', text: `depends_on: nope\n${step}` },
      { path: '.woodpecker/d.yaml', text: step },
      { path: '.woodpecker/d.yml', text: step },
      { path: '.woodpecker/e.yaml', text: `depends_on: d\n${step}` },
    ];
    expect(parseWorkflows(files).map((each) => `${each.name}: ${each.kind === 'broken' ? each.problem : 'sound'}`)).toEqual([
      'a: .woodpecker/a.yaml: workflows depend on each other in a circle: a → b → a',
      'b: .woodpecker/b.yaml: workflows depend on each other in a circle: a → b → a',
      'c: .woodpecker/c.yaml: depends_on names the workflow "nope", which does not exist',
      'd: .woodpecker/d.yaml: two files make the workflow "d"; rename one',
      'e: sound',
    ]);
  });
});

describe('which files are workflows', () => {
  it.each([
    [
      ['.woodpecker/b.yml', '.woodpecker/a.yaml', '.woodpecker.yaml', 'src/a.yaml', '.woodpecker/deep/c.yaml', '.woodpecker/x.sh'],
      ['.woodpecker/a.yaml', '.woodpecker/b.yml'],
    ],
    [['.woodpecker.yml', '.woodpecker.yaml'], ['.woodpecker.yaml']],
    [['.woodpecker.yml'], ['.woodpecker.yml']],
    [['src/.woodpecker.yml'], []],
  ])('%j', (paths, expected) => {
    expect(workflowPaths(paths)).toEqual(expected);
  });

  it('names contexts after files', () => {
    expect(['.woodpecker/lint.yaml', '.woodpecker.yml', '.woodpecker/.release.yaml'].map((path) => one('', path)?.context)).toEqual([
      'ci/lint',
      'ci/woodpecker',
      'ci/release',
    ]);
  });

  it('counts everything under .woodpecker as CI configuration', () => {
    expect(['.woodpecker/x.sh', '.woodpecker.yml', '.woodpeckers', 'a/.woodpecker.yml'].map(isWorkflowPath)).toEqual([true, true, false, false]);
  });
});
