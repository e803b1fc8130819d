import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { gates, ownGates } from './gates/gates.ts';
import { copyProject, emptyProject, withPlanted } from './gates/plant/planted.ts';
import { plants } from './gates/plant/plants.ts';
import { toolPlants } from './gates/plant/tool-plants.ts';
import { forbiddenRules } from './gates/rules/forbidden-rules.ts';
import { textRules } from './gates/rules/text-rules.ts';
import { tools } from './gates/tools.ts';

const root = copyProject();
const empty = emptyProject();
afterAll(() => {
  for (const folder of [root, empty]) rmSync(folder, { recursive: true, force: true });
});

describe('the tree as it is', () => {
  it.each(Object.keys(ownGates))('%s is green', (name) => {
    expect(ownGates[name]?.(root).findings).toEqual([]);
  });
});

describe('one planted violation turns its gate red, with file, line and what would be right', () => {
  it.each(plants.map((plant) => [`${plant.gate}/${plant.rule}: ${plant.what}`, plant] as const))('%s', (_, plant) => {
    const check = ownGates[plant.gate]!;
    const place = plant.at ?? Object.keys(plant.files)[0];
    const isPlanted = (one: { readonly path: string; readonly rule: string }): boolean => one.path === place && one.rule === plant.rule;
    expect(check(root).findings.filter(isPlanted)).toEqual([]);
    const found = withPlanted(root, plant.files, () => check(root).findings.filter(isPlanted));
    expect(found[0]).toMatchObject({ line: expect.any(Number), what: expect.stringMatching(/./), right: expect.stringMatching(/./) });
  });

  it('sizes/shape: a tree whose median and percentiles are too large', () => {
    const long = `export function long(): void {\n${'  // one more line\n'.repeat(48)}}\n${'// more\n'.repeat(220)}`;
    const { findings } = withPlanted(empty, { 'shared/work/planted.ts': long }, () => ownGates['sizes']!(empty));
    expect(findings.map(({ what }) => what)).toEqual([
      'median lines of a file: 270',
      '90th percentile of lines of a file: 270',
      '90th percentile of lines of a function: 50',
    ]);
  });

  it('every rule of the tables is planted', () => {
    const planted = new Set(plants.map(({ rule }) => rule));
    expect([...forbiddenRules, ...textRules].map(({ rule }) => rule).filter((rule) => !planted.has(rule))).toEqual([]);
  });
});

describe('a tool refuses what it must', () => {
  it.each(Object.keys(tools))('%s', { timeout: 120_000 }, (name) => {
    const wanted = toolPlants.filter(({ gate }) => gate === name);
    const files = Object.fromEntries(wanted.map(({ code }, at) => [`shared/work/planted-${at}.ts`, `${code}\n`]));
    const said = withPlanted(root, files, () => tools[name]!(root));
    expect(said.ok).toBe(false);
    for (const [at, { says }] of wanted.entries()) {
      expect(reports(said.output, `planted-${at}.ts`, says), `${says} in planted-${at}.ts\n${said.output}`).toBe(true);
    }
  });
});

it.each(['imports', 'cycles', 'sizes', 'forbidden', 'lint', 'format'])('%s is red when it sees nothing', { timeout: 60_000 }, (name) => {
  expect(gates[name]!(empty).ok).toBe(false);
});

/** Whether some message names both: on one line (tsc, knip, oxfmt), or within the few lines of one message (oxlint). */
function reports(output: string, file: string, says: string): boolean {
  const lines = output.split('\n');
  return lines.some((line, at) => line.includes(file) && lines.slice(Math.max(0, at - 3), at + 1).some((near) => near.includes(says)));
}
