import { type LabelEntry, labelsOf } from '#domain/label-registry';
import type { InitContext, InitStep } from '../context.ts';

/** Makes the labels that a repository lacks. Those that are there keep colour and text. */
export const labelsStep = (repository: string, where: 'project' | 'ops'): InitStep => ({
  id: `labels/${repository}`,
  title: `labels of ${repository}`,
  failure: where === 'project' ? 'fatal' : 'degradable',
  timeoutSeconds: 120,
  check: async (context) => {
    const missing = await missingLabels(context, repository, where);
    if (missing.length === 0) return { state: 'present' };
    return { state: 'absent', actions: [`create ${missing.length} label${missing.length === 1 ? '' : 's'}: ${missing.map(({ name }) => name).join(', ')}`] };
  },
  apply: async (context) => {
    const missing = await missingLabels(context, repository, where);
    for (const { name, colour, description } of missing) await context.admin.createLabel(repository, { name, colour, description });
    return { note: `${missing.length} created` };
  },
});

async function missingLabels({ admin }: InitContext, repository: string, where: 'project' | 'ops'): Promise<readonly LabelEntry[]> {
  const present = (await admin.findRepository(repository)) === null ? [] : await admin.listLabels(repository);
  const known = new Set(present.map(({ name }) => name));
  return labelsOf(where).filter(({ name }) => !known.has(name));
}
