import { afterAll } from 'vitest';

type Task = { readonly type: string; readonly tasks?: readonly Task[]; readonly result?: { readonly state: string } };

/** Prints, when the file is through, how many cases ran on this forge and how many of them failed. `forge`: asked then. */
export function countCases(forge: () => string): void {
  const started = performance.now();
  afterAll(({}, suite) => {
    const cases = casesOf(suite);
    const ran = cases.filter((each) => each.result?.state !== undefined && each.result.state !== 'skip');
    const failed = ran.filter((each) => each.result?.state !== 'pass').length;
    console.log(`${forge()}: ${ran.length} cases, ${failed} failed, ${((performance.now() - started) / 1000).toFixed(0)} s`);
  });
}

const casesOf = (task: Task): readonly Task[] => (task.type === 'test' ? [task] : (task.tasks ?? []).flatMap(casesOf));
