import { CiError } from '#ci';
import type { CommitStatus } from '#domain/check';
import type { Sha } from '#domain/sha';
import { jobPath, readActionsStatus } from './context.ts';
import type { ActionsJob } from './context.ts';
import { tasksSchema } from './schema.ts';
import type { ActionTask } from './schema.ts';

interface WebAnswer {
  readonly status: number;
  readonly text: string;
  readonly html: boolean;
  readonly location: string | null;
}

export interface ActionsOptions {
  /** Forgejo's API, asked with the agent's token. */
  readonly api: { json(method: 'GET', path: string): Promise<unknown> };
  /** Its web pages, asked without any credential: they take none but a browser's session. */
  readonly web: { get(path: string, maxBytes: number): Promise<WebAnswer> };
  /** `owner/name` */
  readonly repository: string;
}

export interface FailedJob {
  readonly name: string;
  readonly kind: 'step';
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly ended: null;
  readonly log: string;
}

export interface ActionsRunner {
  failedSteps(head: Sha, status: CommitStatus): Promise<readonly FailedJob[]>;
  readonly repeats: false;
  rerun(head: Sha, contexts: readonly string[]): Promise<void>;
}

const pageSize = 50;
const mostPages = 10;
const logBytes = 512 * 1024;

/**
 * Reads failures of Forgejo Actions: how the job ended from the API, its log from the page that people download it from, which is
 * open where the repository is public. Running a job again has no API.
 */
export function createActionsRunner(options: ActionsOptions): ActionsRunner {
  return {
    failedSteps: async (head, status) => {
      const job = readActionsStatus(status, options.repository);
      const task = await findTask(options, head, job);
      if (task === null && job.run === null) return [];
      const log = job.run === null ? null : await readLog(options, job.run.path);
      return [stepOf(status, job, task, log)];
    },
    repeats: false,
    rerun: (_head, contexts) => {
      const mend = 'open the run on the forge and press "Re-run", or push a commit';
      return Promise.reject(new CiError('config', `Forgejo Actions has no API to run ${contexts.join(', ')} again: ${mend}`));
    },
  };
}

/** The newest task of the job on this commit. Null: a runner never took it, or it is far back. */
async function findTask({ api, repository }: ActionsOptions, head: Sha, job: ActionsJob): Promise<ActionTask | null> {
  const fits = (task: ActionTask): boolean =>
    task.head_sha === head && task.name === job.job && (job.run === null ? task.event === job.event : task.run_number === job.run.number);
  for (let page = 1; page <= mostPages; page += 1) {
    const path = `/api/v1/repos/${repository}/actions/tasks?page=${page}&limit=${pageSize}`;
    const parsed = tasksSchema.safeParse(await api.json('GET', path));
    if (!parsed.success) throw new CiError('malformed', `the forge answered GET ${path} in a shape we do not know; is it a Forgejo?`, parsed.error);
    const tasks = parsed.data.workflow_runs ?? [];
    const [newest] = tasks.filter(fits).toSorted((a, b) => b.id - a.id);
    if (newest !== undefined) return newest;
    if (tasks.length < pageSize) return null;
  }
  return null;
}

/** The end of a job's log, or null where we may not read it. Newer servers keep one log per attempt and send the plain address on to the last. */
async function readLog({ web, repository }: ActionsOptions, path: string): Promise<string | null> {
  const first = await web.get(`${path}/logs`, logBytes);
  if (first.status === 200 && !first.html) return first.text;
  if (first.status !== 404) return null;
  const page = await web.get(path, logBytes);
  const latest = page.status >= 300 && page.status < 400 ? jobPath(page.location, repository) : null;
  if (latest === null || latest === path) return null;
  const second = await web.get(`${latest}/logs`, logBytes);
  return second.status === 200 && !second.html ? second.text : null;
}

function stepOf(status: CommitStatus, job: ActionsJob, task: ActionTask | null, log: string | null): FailedJob {
  const text =
    log === null ? `${status.description} (the log of this job cannot be read without signing in to the forge: ${status.targetUrl ?? ''})` : withoutTimes(log);
  return {
    name: job.job ?? status.context,
    kind: 'step',
    exitCode: log === null ? null : exitCodeOf(text),
    // A person, a newer push or a lost runner ended it, not what it tests.
    signal: task?.status === 'cancelled' ? 'SIGKILL' : null,
    ended: null,
    log: text,
  };
}

/** Each line of a stored log begins with its time. */
const withoutTimes = (log: string): string => log.replaceAll(/^\d{4}-\d\d-\d\dT[\d:.]+Z /gm, '').trimEnd();

/** The runner writes how a step ended into the log. */
function exitCodeOf(log: string): number | null {
  const last = [...log.matchAll(/exitcode '(\d+)'/g)].at(-1)?.[1];
  return last === undefined ? null : Number(last);
}
