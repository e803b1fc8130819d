import { z } from 'zod';

/** `ActionTaskResponse` of Forgejo's API description: one entry per job that a runner took, whatever the field's name says. */
export const tasksSchema = z.object({
  workflow_runs: z
    .array(
      z.object({
        id: z.int(),
        /** Name of the job. */
        name: z.string(),
        event: z.string(),
        head_sha: z.string(),
        /** Number of the run as in its web address. */
        run_number: z.int(),
        status: z.string(),
        workflow_id: z.string(),
      }),
    )
    .nullable(),
});

export type ActionTask = NonNullable<z.output<typeof tasksSchema>['workflow_runs']>[number];
