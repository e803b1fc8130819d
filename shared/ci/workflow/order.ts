/** Steps in an order that respects what they wait for. `waits[i]`: indexes of the steps that step `i` waits for. */
export interface StepPlan {
  readonly order: readonly number[];
  readonly waits: readonly (readonly number[])[];
}

interface Named {
  readonly name: string;
  readonly dependsOn: readonly string[] | null;
}

/**
 * In the order of the file, each after the one before it; as soon as one step names dependencies, by those alone.
 * A dependency that does not exist is left out (`parseWorkflows` reports it, and cycles).
 */
export function planSteps(steps: readonly Named[]): StepPlan {
  const waits = steps.every((step) => step.dependsOn === null)
    ? steps.map((_, i) => (i === 0 ? [] : [i - 1]))
    : steps.map((step) => (step.dependsOn ?? []).map((name) => steps.findIndex((other) => other.name === name)).filter((i) => i >= 0));
  const order: number[] = [];
  const visit = (i: number, seen: readonly number[]): void => {
    if (order.includes(i) || seen.includes(i)) return;
    for (const before of waits[i] ?? []) visit(before, [...seen, i]);
    order.push(i);
  };
  steps.forEach((_, i) => visit(i, []));
  return { order, waits };
}

/** The first cycle among names as `a → b → a`, or null. */
export function findCycle(nodes: readonly Named[]): string | null {
  const after = new Map(nodes.map((node) => [node.name, node.dependsOn ?? []]));
  const clean = new Set<string>();
  const visit = (name: string, trail: readonly string[]): readonly string[] | null => {
    const at = trail.indexOf(name);
    if (at !== -1) return [...trail.slice(at), name];
    if (clean.has(name)) return null;
    for (const next of after.get(name) ?? []) {
      const found = visit(next, [...trail, name]);
      if (found !== null) return found;
    }
    clean.add(name);
    return null;
  };
  for (const node of nodes) {
    const found = visit(node.name, []);
    if (found !== null) return found.join(' → ');
  }
  return null;
}
