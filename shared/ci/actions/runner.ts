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
      const log = job.run === null ? closed : await readLog(options, job.run.path);
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
async function findTask(options: ActionsOptions, head: Sha, job: ActionsJob): Promise<ActionTask | null> {
  const fits = (task: ActionTask): boolean =>
    task.head_sha === head && job.jobs.includes(task.name) && (job.run === null ? task.event === job.event : task.run_number === job.run.number);
  for (let page = 1; page <= mostPages; page += 1) {
    const tasks = await readTasks(options, page);
    const [newest] = tasks.filter(fits).toSorted((a, b) => job.jobs.indexOf(a.name) - job.jobs.indexOf(b.name) || b.id - a.id);
    if (newest !== undefined) return newest;
    if (tasks.length < pageSize) return null;
  }
  return null;
}

async function readTasks({ api, repository }: ActionsOptions, page: number): Promise<readonly ActionTask[]> {
  const path = `/api/v1/repos/${repository}/actions/tasks?page=${page}&limit=${pageSize}`;
  const parsed = tasksSchema.safeParse(await api.json('GET', path));
  if (!parsed.success) throw new CiError('malformed', `the forge answered GET ${path} in a shape we do not know; is it a Forgejo?`, parsed.error);
  return parsed.data.workflow_runs ?? [];
}

/** The end of a job's log, or why there is none. */
type JobLog = { readonly text: string } | { readonly missing: string };

const closed: JobLog = { missing: 'cannot be read without signing in to the forge' };

/** Newer servers keep one log per attempt and send the plain address on to the last. Throws when it is more than this log that cannot be had. */
async function readLog(options: ActionsOptions, path: string): Promise<JobLog> {
  const { web, repository } = options;
  try {
    const first = await web.get(`${path}/logs`, logBytes);
    if (first.status !== 404) return logOf(first);
    const page = await web.get(path, logBytes);
    const latest = page.status >= 300 && page.status < 400 ? jobPath(page.location, repository) : null;
    if (latest === null || latest === path) return logOf(page.status >= 500 ? page : first);
    return logOf(await web.get(`${latest}/logs`, logBytes));
  } catch (error) {
    if (!(error instanceof CiError) || error.kind === 'rate-limited') throw error;
    await readTasks(options, 1);
    return { missing: 'cannot be read, the forge gives no answer' };
  }
}

function logOf({ status, html, text }: WebAnswer): JobLog {
  if (status === 200 && !html) return { text };
  return status >= 500 ? { missing: `cannot be read, the forge answers ${status}` } : closed;
}

function stepOf(status: CommitStatus, job: ActionsJob, task: ActionTask | null, log: JobLog): FailedJob {
  const text = 'text' in log ? withoutTimes(log.text) : `${status.description} (the log of this job ${log.missing}: ${status.targetUrl ?? ''})`;
  return {
    name: task?.name ?? job.jobs[0] ?? status.context,
    kind: 'step',
    exitCode: 'text' in log ? exitCodeOf(text) : null,
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
