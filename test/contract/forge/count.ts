import { afterAll, afterEach } from 'vitest';

/** Prints, when the file is through, how many cases ran on this forge and how many of them failed. `forge`: asked then. */
export function countCases(forge: () => string): void {
  const started = performance.now();
  const states: (string | undefined)[] = [];
  afterEach(({ task }) => {
    states.push(task.result?.state);
  });
  afterAll(() => {
    const failed = states.filter((each) => each === 'fail').length;
    console.log(`${forge()}: ${states.length} cases, ${failed} failed, ${((performance.now() - started) / 1000).toFixed(0)} s`);
  });
}
