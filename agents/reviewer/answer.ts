import { z } from 'zod';

/** What a session of the reviewer must end with. Verdicts are read without regard to case and hyphens (R3). */
export const ReviewAnswer = z.object({
  verdict: z
    .string()
    .transform((text) => text.trim().toLowerCase().replaceAll('-', '_'))
    .pipe(z.enum(['approve', 'request_changes', 'discuss'])),
  summary: z.string(),
  comments: z
    .array(z.object({ path: z.string(), line: z.number().int().nonnegative(), body: z.string(), severity: z.enum(['blocker', 'major', 'minor']) }))
    .optional(),
  followUps: z.array(z.object({ title: z.string(), body: z.string() })).optional(),
});
export type ReviewAnswer = z.infer<typeof ReviewAnswer>;
