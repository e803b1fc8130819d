import type { CiConfig } from '#config';
import { reduceChecks } from '#domain/check';
import type { CommitStatus } from '#domain/check';
import type { Sha } from '#domain/sha';
import type { Forge } from '#forge';
import type { Git } from '#git';
import type { Log } from '#log';
import { CiError } from './ci.ts';
import type { Ci, CiSubject } from './ci.ts';
import { readFailures } from './failures.ts';
import { createGitReader } from './git-reader.ts';
import { createRunnerApi } from './runner-api.ts';
import { createSelector } from './selection.ts';
import type { ConfigAllowed } from './selection.ts';
import { matchesGlob } from './workflow/glob.ts';

export interface CiDeps {
  readonly forge: Pick<Forge, 'findBranch' | 'listStatuses'>;
  readonly git: Pick<Git, 'listFiles' | 'readFile' | 'listChangedFiles' | 'mergeBase' | 'readCommit'>;
  readonly config: CiConfig;
  readonly log: Log;
  /** Where statuses come from instead of the forge itself, for example an agent's view of it. */
  readonly statuses?: (head: Sha) => Promise<readonly CommitStatus[]>;
  /** Says whether a change to CI configuration is approved; without it the base's configuration always counts. */
  readonly configAllowed?: ConfigAllowed;
  /** Bearer token for re-runs, when the CI wants one. */
  readonly token?: string;
}

/** Reads CI through commit statuses of the CI account; logs and re-runs through the CI's own API at `config.url`. */
export function createCi(deps: CiDeps): Ci {
  const { forge, config, log } = deps;
  const statuses = deps.statuses ?? ((head: Sha) => forge.listStatuses(head));
  const select = createSelector(createGitReader(deps.git), deps.configAllowed ?? null);
  const api = config.url === null ? null : createRunnerApi(config.url, deps.token ?? null);

  const required = async (subject: CiSubject, posted: () => Promise<readonly CommitStatus[]>): Promise<readonly string[]> => {
    if (config.contexts === 'none') return [];
    if (config.contexts === 'workflows') return (await select(subject)).workflows.map((workflow) => workflow.context).toSorted();
    const branch = await forge.findBranch(subject.branch);
    if (branch === null) throw new CiError('not-found', `branch ${subject.branch} does not exist on the forge, so its required checks are unknown`);
    return expandContexts(branch.requiredContexts, config.account, branch.requiredContexts.some(isPattern) ? await posted() : []);
  };
  return {
    required: (subject) => required(subject, () => statuses(subject.head)),
    state: async (subject) => {
      const posted = once(() => statuses(subject.head));
      const contexts = await required(subject, posted);
      return reduceChecks(subject.head, contexts.length === 0 ? [] : await posted(), contexts, config.account);
    },
    failures: (head, failed) => readFailures(api, head, failed, log),
    rerun: async (head, contexts) => {
      if (api === null) throw new CiError('config', 'CI cannot be asked to run again: set the url of [projects.*.ci]');
      await api.rerun(head, contexts);
    },
  };
}

const isPattern = (context: string): boolean => /[*?[{]/.test(context);

/** Protection may name contexts by pattern: each stands for what the CI account posted that fits, or for itself while nothing does. */
function expandContexts(contexts: readonly string[], account: string, posted: readonly CommitStatus[]): readonly string[] {
  const names = [...new Set(posted.filter((status) => status.creator === account).map((status) => status.context))];
  const expanded = contexts.flatMap((context) => {
    const fitting = isPattern(context) ? names.filter((name) => matchesGlob(context, name)) : [];
    return fitting.length === 0 ? [context] : fitting;
  });
  return [...new Set(expanded)].toSorted();
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}
