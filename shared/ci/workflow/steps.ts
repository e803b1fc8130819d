import { checkObject, checkValue } from './check.ts';
import type { Report } from './check.ts';
import { readWhen } from './conditions.ts';
import type { Step } from './model.ts';
import { findCycle } from './order.ts';
import { environmentList, environmentMap, stepShape } from './schema.ts';
import type { Place } from './yaml.ts';

/** Reads `steps`: a list, or a map of names to steps in its order. */
export function readSteps(value: unknown, report: Report): readonly Step[] {
  if (value === undefined || value === '') {
    report(['steps'], 'a workflow needs steps');
    return [];
  }
  const entries: readonly (readonly [string | null, unknown, Place])[] = Array.isArray(value)
    ? value.map((entry: unknown, i) => [null, entry, ['steps', i]] as const)
    : typeof value === 'object' && value !== null
      ? Object.entries(value).map(([name, entry]) => [name, entry, ['steps', name]] as const)
      : [];
  if (entries.length === 0) report(['steps'], '"steps" must be a list or a map with at least one step');
  const steps = entries.flatMap(([name, entry, at], i) => readStep(entry, name ?? `step-${i}`, at, report) ?? []);
  checkOrder(steps, report);
  return steps;
}

function readStep(value: unknown, fallback: string, at: Place, report: Report): Step | null {
  const raw = checkObject(stepShape, value, at, report);
  if (raw === null) return null;
  const commands = raw.commands ?? [];
  if (commands.length === 0) report(at, `step "${raw.name ?? fallback}" needs commands (plugins do not run here)`);
  return {
    name: raw.name ?? fallback,
    commands: commands.map(unescapeVariables),
    environment: readEnvironment(raw.environment, [...at, 'environment'], report),
    when: readWhen(raw.when, 'step', [...at, 'when'], report),
    dependsOn: raw.depends_on ?? null,
    failure: raw.failure ?? 'fail',
    directory: raw.directory === undefined || raw.directory === '' ? null : raw.directory,
  };
}

/** Woodpecker fills `${NAME}` in before it runs anything and takes `$${NAME}` for the shell's own; here the shell sees both. */
const unescapeVariables = (command: string): string => command.replaceAll('$${', '${');

function readEnvironment(value: unknown, at: Place, report: Report): Readonly<Record<string, string>> {
  if (value === undefined || value === '') return {};
  if (!Array.isArray(value)) return checkValue(environmentMap, value, at, report) ?? {};
  const pairs = checkValue(environmentList, value, at, report) ?? [];
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

function checkOrder(steps: readonly Step[], report: Report): void {
  const names = steps.map((step) => step.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) report(['steps'], `two steps are named "${twice}"`);
  for (const step of steps) {
    const unknown = step.dependsOn?.find((name) => !names.includes(name));
    if (unknown !== undefined) report(['steps'], `step "${step.name}" depends on "${unknown}", which does not exist`);
  }
  const cycle = findCycle(steps);
  if (cycle !== null) report(['steps'], `steps depend on each other in a circle: ${cycle}`);
}
