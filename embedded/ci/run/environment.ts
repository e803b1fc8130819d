import type { Step } from '../../../shared/ci/workflow/model.ts';
import type { Plan } from '../plan.ts';

export interface EnvironmentRequest {
  /** `owner/name` and the address of the forge it is on. */
  readonly repository: string;
  readonly forgeUrl: string;
  readonly defaultBranch: string;
  /** Variables of the host that steps may see: PATH, LANG, and the names that the config allows. */
  readonly host: Readonly<Record<string, string>>;
  readonly plan: Plan;
  readonly workflow: string;
  readonly workspace: string;
  readonly home: string;
}

/** What the steps of a workflow see, built from nothing: allowed host variables, a HOME of their own, and Woodpecker's `CI_…` names. */
export function workflowEnvironment(request: EnvironmentRequest): Readonly<Record<string, string>> {
  const { subject, occasion } = request.plan;
  const [owner = '', name = ''] = request.repository.split('/');
  const pull = subject.number === null ? '' : String(subject.number);
  const url = `${request.forgeUrl.replace(/\/+$/, '')}/${request.repository}`;
  return {
    ...request.host,
    HOME: request.home,
    CI: 'true',
    CI_SYSTEM_NAME: 'disinto',
    CI_REPO: request.repository,
    CI_REPO_OWNER: owner,
    CI_REPO_NAME: name,
    CI_REPO_URL: url,
    CI_REPO_DEFAULT_BRANCH: request.defaultBranch,
    CI_WORKFLOW: request.workflow,
    CI_WORKFLOW_NAME: request.workflow,
    CI_WORKSPACE: request.workspace,
    CI_PIPELINE_EVENT: occasion.events[0] ?? 'push',
    CI_COMMIT_SHA: subject.head,
    CI_COMMIT_BRANCH: subject.branch,
    CI_COMMIT_SOURCE_BRANCH: subject.kind === 'pull-request' ? subject.source : '',
    CI_COMMIT_TARGET_BRANCH: subject.kind === 'branch' ? '' : subject.branch,
    CI_COMMIT_REF: subject.kind === 'pull-request' ? `refs/pull/${pull}/head` : `refs/heads/${subject.source}`,
    CI_COMMIT_PULL_REQUEST: pull,
    CI_COMMIT_URL: `${url}/commit/${subject.head}`,
  };
}

/** Adds what one step sees besides; `${CI_…}` in its own variables is filled in. */
export function stepEnvironment(base: Readonly<Record<string, string>>, step: Step, state: 'success' | 'failure'): Readonly<Record<string, string>> {
  const known: Readonly<Record<string, string>> = { ...base, CI_STEP_NAME: step.name, CI_PIPELINE_STATUS: state, CI_WORKFLOW_STATUS: state };
  const fill = (value: string): string =>
    value.replace(/\$?\$\{([A-Z_a-z][A-Z_a-z0-9]*)\}/g, (text, name: string) => (text.startsWith('$$') ? text.slice(1) : (known[name] ?? text)));
  return { ...known, ...Object.fromEntries(Object.entries(step.environment).map(([name, value]) => [name, fill(value)])) };
}
