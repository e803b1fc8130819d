import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const stepSchema = z.object({
  name: z.string(),
  kind: z.enum(['clone', 'step', 'config', 'dependency']),
  result: z.enum(['passed', 'failed', 'ignored', 'skipped']),
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  ended: z.enum(['wall']).nullable(),
  seconds: z.number(),
  /** File name of its log beside the record. */
  file: z.string(),
});

const recordSchema = z.object({ workflow: z.string(), state: z.enum(['success', 'failure', 'error']), description: z.string(), steps: z.array(stepSchema) });

export type StepRecord = z.output<typeof stepSchema>;
/** How a workflow ended on a commit. */
export type RunRecord = z.output<typeof recordSchema>;

/** Logs of finished workflows as files, one folder per commit and workflow; a later run of the same replaces it. */
export interface LogStore {
  save(sha: string, record: Omit<RunRecord, 'steps'> & { readonly steps: readonly (Omit<StepRecord, 'file'> & { readonly log: string })[] }): Promise<void>;
  find(sha: string, context: string): Promise<RunRecord | null>;
  read(sha: string, context: string, step: StepRecord): Promise<string>;
  /** Removes the logs of all but the newest commits. */
  prune(keep: number): Promise<void>;
}

/** `directory` is ours alone. */
export function createLogStore(directory: string): LogStore {
  const folder = (sha: string, context: string): string => join(directory, sha, encodeURIComponent(context).replaceAll('.', '%2E'));
  return {
    save: async (sha, { steps, ...record }) => {
      const target = folder(sha, `ci/${record.workflow}`);
      await rm(target, { recursive: true, force: true });
      await mkdir(target, { recursive: true });
      const named = steps.map(({ log, ...step }, i) => ({ log, step: { ...step, file: `${i}.log` } }));
      await Promise.all(named.map(({ log, step }) => writeFile(join(target, step.file), log)));
      // The record comes last and at once: a folder with a record is whole.
      await writeFile(join(target, 'record.new'), JSON.stringify({ ...record, steps: named.map(({ step }) => step) }));
      await rename(join(target, 'record.new'), join(target, 'record.json'));
    },
    find: async (sha, context) => {
      if (!/^[0-9a-f]{40,64}$/.test(sha)) return null;
      const text = await readFile(join(folder(sha, context), 'record.json'), 'utf8').catch(() => null);
      return text === null ? null : (recordSchema.safeParse(JSON.parse(text)).data ?? null);
    },
    read: (sha, context, step) => readFile(join(folder(sha, context), step.file), 'utf8'),
    prune: async (keep) => {
      const names = await readdir(directory).catch((): string[] => []);
      if (names.length <= keep) return;
      const aged = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(directory, name))).mtimeMs })));
      const old = aged.toSorted((a, b) => b.at - a.at).slice(keep);
      await Promise.all(old.map(({ name }) => rm(join(directory, name), { recursive: true, force: true })));
    },
  };
}
