import type { z } from 'zod';
import { checkObject } from './check.ts';
import type { Report } from './check.ts';
import type { Condition } from './model.ts';
import { branchShape, pathShape, stepConditionShape, workflowConditionShape } from './schema.ts';
import type { Place } from './yaml.ts';

/**
 * Reads a `when`: a map, or a list of maps of which one must hold. What cannot be read is reported and counts as holding,
 * so that a broken workflow that might match is seen to fail rather than left out.
 */
export function readWhen(value: unknown, of: 'workflow' | 'step', at: Place, report: Report): readonly Condition[] {
  if (value === undefined || value === '') return [];
  const entries = Array.isArray(value) ? value.map((entry: unknown, i) => ({ entry, at: [...at, i] })) : [{ entry: value, at }];
  return entries.map(({ entry, at: place }) => readCondition(entry, of, place, report));
}

function readCondition(value: unknown, of: 'workflow' | 'step', at: Place, report: Report): Condition {
  const shape: z.ZodType = of === 'workflow' ? workflowConditionShape : stepConditionShape;
  checkObject(shape as typeof stepConditionShape, value, at, report);
  const part = (key: string): unknown => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined);
  const lists = stepConditionShape.partial();
  const event = lists.shape.event.safeParse(part('event')).data ?? null;
  const status = lists.shape.status.safeParse(part('status')).data ?? null;
  return { event, status, branch: readBranch(part('branch'), [...at, 'branch'], report), path: readPath(part('path'), [...at, 'path'], report) };
}

const asFilter = (value: unknown): unknown => (typeof value === 'string' || Array.isArray(value) ? { include: value } : value);

function readBranch(value: unknown, at: Place, report: Report): Condition['branch'] {
  if (value === undefined || value === '') return null;
  const filter = checkObject(branchShape, asFilter(value), at, report);
  return filter === null ? null : { include: filter.include ?? [], exclude: filter.exclude ?? [] };
}

function readPath(value: unknown, at: Place, report: Report): Condition['path'] {
  if (value === undefined || value === '') return null;
  const filter = checkObject(pathShape, asFilter(value), at, report);
  if (filter === null) return null;
  return {
    include: filter.include ?? [],
    exclude: filter.exclude ?? [],
    ignoreMessage: filter.ignore_message === undefined || filter.ignore_message === '' ? null : filter.ignore_message,
    onEmpty: filter.on_empty === 'false' ? 'no-match' : 'match',
  };
}
