import { z } from 'zod';

/** What a merge was allowed on. Written before the merge, kept as a git note on the merge commit, verifiable years later. */
export const Certificate = z.object({
  kind: z.literal('disinto-merge-certificate'),
  version: z.literal(1),
  /** Version of the merge policy that was in force. */
  policy: z.string(),
  repository: z.string(),
  pullRequest: z.number(),
  issue: z.number().nullable(),
  head: z.string(),
  /** Tip of the base branch that the result was made on. */
  base: z.string(),
  branch: z.string(),
  /** Tree of the tested merge result: the tree that lands must be this one. */
  tree: z.string(),
  /** Commit that CI tested: the head itself, or the merge result on its own branch. */
  tested: z.string(),
  /** Required contexts, each green on `tested` by the CI account. Empty: the repository has no CI. */
  contexts: z.array(z.object({ context: z.string(), status: z.number() })),
  ciAccount: z.string(),
  approval: z.object({ review: z.number(), by: z.string(), head: z.string() }),
  author: z.string(),
  run: z.string(),
  at: z.string(),
  warnings: z.array(z.string()),
});
export type Certificate = z.infer<typeof Certificate>;

/** Reads a note or record; null when it is not a certificate. */
export function parseCertificate(text: string): Certificate | null {
  try {
    const parsed = Certificate.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export function renderCertificate(certificate: Certificate): string {
  return `${JSON.stringify(certificate, null, 2)}\n`;
}
