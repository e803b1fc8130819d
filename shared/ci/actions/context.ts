/** What a status of Forgejo Actions says about the job behind it. */
export interface ActionsJob {
  /** What the job may be called, longest first: both it and its workflow may have a ` / ` in their names. None: the context is none of Actions'. */
  readonly jobs: readonly string[];
  readonly event: string | null;
  /** Number of the run and place of the job in it, or null when the address does not tell. */
  readonly run: { readonly number: number; readonly path: string } | null;
}

/** Contexts are `<workflow> / <job> (<event>)`; the address is a path of the forge: `/{owner}/{repo}/actions/runs/{n}/jobs/{i}`. */
export function readActionsStatus(status: { readonly context: string; readonly targetUrl: string | null }, repository: string): ActionsJob {
  const named = /^.*? ?\/ (.+) \(([a-z_]+)\)$/.exec(status.context);
  const parts = named?.[1]?.split(' / ') ?? [];
  return { jobs: parts.map((_, from) => parts.slice(from).join(' / ')), event: named?.[2] ?? null, run: runOf(status.targetUrl, repository) };
}

/** Only an address of this very repository is read, and only its path: no host that a status names is ever asked. */
function runOf(targetUrl: string | null, repository: string): ActionsJob['run'] {
  const path = jobPath(targetUrl, repository);
  const number = path === null ? null : /\/actions\/runs\/(\d+)\//.exec(path)?.[1];
  return path === null || number === null || number === undefined ? null : { number: Number(number), path };
}

/** The path of a job below the forge's address, from an absolute address or a path. */
export function jobPath(address: string | null, repository: string): string | null {
  if (address === null || !URL.canParse(address, 'http://forge')) return null;
  const { pathname } = new URL(address, 'http://forge');
  const found = /\/([^/]+\/[^/]+)(\/actions\/runs\/\d+\/jobs\/\d+(?:\/attempt\/\d+)?)\/?$/.exec(pathname);
  return found?.[1]?.toLowerCase() === repository.toLowerCase() ? `/${repository}${found[2] ?? ''}` : null;
}

/** A protected branch names contexts of one event; on a branch and on a merge result the same job runs by `push`. */
export const asPushed = (context: string): string => context.replace(/ \(pull_request\)$/, ' (push)');
