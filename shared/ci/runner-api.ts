import { request } from 'undici';
import { z } from 'zod';
import { CiError } from './ci.ts';
import type { FailedStep } from './classify.ts';

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

/** The CI's own HTTP API. Throws `CiError`; `not-found` when it does not know the commit or context. */
export interface RunnerApi {
  /** Failed steps of a context, each with the end of its log. */
  failedSteps(sha: string, context: string): Promise<readonly (FailedStep & { readonly name: string })[]>;
  rerun(sha: string, contexts: readonly string[]): Promise<void>;
}

/** `token`: sent as a bearer token when the CI wants one for re-runs. */
export function createRunnerApi(url: string, token: string | null): RunnerApi {
  const base = url.replace(/\/+$/, '');
  const headers = { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
  return {
    failedSteps: async (sha, context) => {
      const query = new URLSearchParams({ sha, context });
      const parsed = logsSchema.safeParse(await call('GET', `${base}/api/logs?${query.toString()}`, headers, null));
      if (!parsed.success) throw new CiError('malformed', `CI at ${base} answered something else than logs; check [projects.*.ci] url`, parsed.error);
      return parsed.data.steps;
    },
    rerun: async (sha, contexts) => void (await call('POST', `${base}/api/rerun`, headers, JSON.stringify({ sha, contexts }))),
  };
}

async function call(method: 'GET' | 'POST', url: string, headers: Record<string, string>, body: string | null): Promise<unknown> {
  const unavailable = (cause: unknown): never => {
    throw new CiError('unavailable', `CI does not answer at ${new URL(url).origin}; is it running?`, cause);
  };
  const answer = await request(url, { method, headers, body, headersTimeout: 10_000, bodyTimeout: 20_000 }).catch(unavailable);
  const text = await answer.body.text().catch(unavailable);
  const what = `${method} ${new URL(url).pathname}: ${answer.statusCode} ${text.slice(0, 200)}`;
  if (answer.statusCode === 404) throw new CiError('not-found', `CI does not know this commit or context (${what})`);
  if (answer.statusCode === 401 || answer.statusCode === 403) throw new CiError('config', `CI refuses our token (${what})`);
  if (answer.statusCode >= 500) throw new CiError('unavailable', `CI is in trouble (${what})`);
  if (answer.statusCode >= 400) throw new CiError('malformed', `CI refuses the request (${what})`);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new CiError('malformed', `CI answered something else than JSON (${what})`, cause);
  }
}
