import { expect, it } from 'vitest';
import { findCycle, planSteps } from './order.ts';

const step = (name: string, ...dependsOn: readonly string[]) => ({ name, dependsOn });

it('keeps the order of the file while no step names dependencies', () => {
  expect(
    planSteps([
      { name: 'a', dependsOn: null },
      { name: 'b', dependsOn: null },
    ]),
  ).toEqual({ order: [0, 1], waits: [[], [0]] });
});

it('lets every other step start at once as soon as one names dependencies', () => {
  expect(planSteps([{ name: 'a', dependsOn: null }, step('b', 'c'), { name: 'c', dependsOn: null }])).toEqual({ order: [0, 2, 1], waits: [[], [2], []] });
});

it.each([
  [[step('a', 'b'), step('b')], null],
  [[step('a', 'b'), step('b', 'a')], 'a → b → a'],
  [[step('a', 'a')], 'a → a'],
  [[step('x', 'b'), step('b', 'c'), step('c', 'b')], 'b → c → b'],
])('finds circles', (nodes, expected) => {
  expect(findCycle(nodes)).toBe(expected);
});
