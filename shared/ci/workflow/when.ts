import { matchesGlob } from './glob.ts';
import type { Condition, Filter, Occasion, PathFilter } from './model.ts';

/** Whether a workflow or step runs on this occasion, the state of the workflow aside. No conditions: always. */
export function holds(when: readonly Condition[], occasion: Occasion): boolean {
  return when.length === 0 || when.some((condition) => conditionHolds(condition, occasion));
}

/** Whether a step runs on this occasion in a workflow that is well (`success`) or has a failed step (`failure`). */
export function holdsIn(when: readonly Condition[], occasion: Occasion, state: 'success' | 'failure'): boolean {
  if (when.length === 0) return state === 'success';
  return when.some((condition) => (condition.status ?? ['success']).includes(state) && conditionHolds(condition, occasion));
}

function conditionHolds(condition: Condition, occasion: Occasion): boolean {
  return (
    (condition.event === null || occasion.events.some((event) => condition.event?.includes(event) === true)) &&
    (condition.branch === null || branchHolds(condition.branch, occasion.branch)) &&
    (condition.path === null || pathHolds(condition.path, occasion))
  );
}

function branchHolds(filter: Filter, branch: string): boolean {
  if (filter.exclude.some((pattern) => matchesGlob(pattern, branch))) return false;
  return filter.include.length === 0 || filter.include.some((pattern) => matchesGlob(pattern, branch));
}

/** Excluded only when every changed file is excluded; included when any of them is. */
function pathHolds(filter: PathFilter, occasion: Occasion): boolean {
  const { changedPaths, message } = occasion;
  if (changedPaths === null) return true;
  if (filter.ignoreMessage !== null && message !== null && message.toLowerCase().includes(filter.ignoreMessage.toLowerCase())) return true;
  if (changedPaths.length === 0) return filter.onEmpty === 'match';
  const among = (patterns: readonly string[]) => (path: string) => patterns.some((pattern) => matchesGlob(pattern, path));
  if (filter.exclude.length > 0 && changedPaths.every(among(filter.exclude))) return false;
  return filter.include.length === 0 || changedPaths.some(among(filter.include));
}
