import { z } from 'zod';

/** What a session of the dev agent must end with. */
export const DevAnswer = z
  .object({
    status: z.enum(['done', 'unmet_dependency', 'too_large', 'already_done', 'needs_information']),
    summary: z.string(),
    dependsOn: z.array(z.number().int().positive()).optional(),
    question: z.string().optional(),
  })
  .describe('The outcome of this task');
export type DevAnswer = z.infer<typeof DevAnswer>;
