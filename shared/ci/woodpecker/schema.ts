import { z } from 'zod';

/** What we read of Woodpecker's answers (servers 1, 2 and 3). Fields that we do not use are left alone. */

export const repositorySchema = z.object({ id: z.int(), active: z.boolean().optional() });

/** A pipeline as lists show it. The newest servers make the commit an object. */
const pipeline = z.object({
  number: z.int(),
  event: z.string(),
  status: z.string(),
  commit: z.union([z.string(), z.object({ sha: z.string() }).transform(({ sha }) => sha)]),
});

export const pipelinesSchema = z.array(pipeline).nullable();

const step = z.object({
  /** Key of the step in the database: what its logs are asked for by. Not the same as `pid`, its place in the pipeline. */
  id: z.int(),
  name: z.string(),
  state: z.string(),
  exit_code: z.int().optional(),
  error: z.string().optional(),
  type: z.string().optional(),
});

/** `pid`: its place in the pipeline, which its web address ends in. */
const workflow = z.object({
  pid: z.int().optional().catch(undefined),
  name: z.string(),
  state: z.string(),
  error: z.string().optional(),
  children: z.array(step).nullish(),
});

export const pipelineSchema = pipeline.extend({
  workflows: z.array(workflow).nullish(),
  errors: z.array(z.object({ message: z.string(), is_warning: z.boolean().optional() })).nullish(),
});

/** `data` is base64 of one line. `type`: 0 stdout, 1 stderr, 2 exit code, 3 metadata, 4 progress. One odd entry costs no other. */
export const logSchema = z
  .array(z.object({ line: z.int().optional().catch(undefined), data: z.string().nullish().catch(null), type: z.int().optional() }))
  .nullable();

export type ListedPipeline = z.output<typeof pipeline>;
export type Pipeline = z.output<typeof pipelineSchema>;
export type WoodpeckerWorkflow = z.output<typeof workflow>;
export type WoodpeckerStep = z.output<typeof step>;
export type LogEntries = z.output<typeof logSchema>;
