import { z } from 'zod';
import { CiError } from './ci.ts';
import { createCiHttp } from './http.ts';
import type { Runner } from './runner.ts';

const logsSchema = z.object({
  steps: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['clone', 'step', 'config', 'dependency']),
      exitCode: z.number().nullable(),
      signal: z.string().nullable(),
      ended: z.enum(['wall']).nullable(),
      log: z.string(),
    }),
  ),
});

/** The embedded CI's own HTTP API. `token`: sent as a bearer token when the CI wants one for re-runs. */
export function createEmbeddedRunner(url: string, token: () => string | null): Runner {
  const base = url.replace(/\/+$/, '');
  const keys = { url: '[projects.*.ci] url', token: 'CI_TOKEN' };
  const authorization = (): string | null => {
    const secret = token();
    return secret === null ? null : `Bearer ${secret}`;
  };
  const http = createCiHttp({ url: base, name: 'CI', keys, authorization });
  return {
    failedSteps: async (sha, { context }) => {
      const parsed = logsSchema.safeParse(await http.json('GET', `/api/logs?${new URLSearchParams({ sha, context }).toString()}`));
      if (!parsed.success) throw new CiError('malformed', `CI at ${base} answered something else than logs; check ${keys.url}`, parsed.error);
      return parsed.data.steps;
    },
    repeats: true,
    rerun: async (sha, contexts) => void (await http.json('POST', '/api/rerun', { sha, contexts })),
  };
}
