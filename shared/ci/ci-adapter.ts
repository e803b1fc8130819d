import type { CiConfig } from '#config';
import { reduceChecks, withoutWarnings } from '#domain/check';
import type { CommitStatus } from '#domain/check';
import type { Sha } from '#domain/sha';
import type { Forge } from '#forge';
import type { Git } from '#git';
import type { Log } from '#log';
import { CiError } from './ci.ts';
import type { Ci, CiSubject } from './ci.ts';
import { readFailures } from './failures.ts';
import { createGitReader } from './git-reader.ts';
import { asPushed } from './actions/context.ts';
import { connectRunner } from './connect-runner.ts';
import type { RunnerOptions } from './connect-runner.ts';
import { createSelector } from './selection.ts';
import type { ConfigAllowed } from './selection.ts';
import { woodpeckerContexts } from './woodpecker-contexts.ts';
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
  /** Token of the CI's own API, asked for each request; none without it. */
  readonly token?: RunnerOptions['token'];
  /** The repository on the forge, for a CI that knows it by its name there or is part of the forge. */
  readonly repository?: NonNullable<RunnerOptions['forge']>;
}

/** Reads CI through commit statuses of the CI account; logs and re-runs through the API of what `config.kind` names. */
export function createCi(deps: CiDeps): Ci {
  const { forge, config, log } = deps;
  const read = deps.statuses ?? ((head: Sha) => forge.listStatuses(head));
  const statuses = async (head: Sha): Promise<readonly CommitStatus[]> => (config.kind === 'woodpecker' ? withoutWarnings(await read(head)) : read(head));
  const select = createSelector(createGitReader(deps.git), deps.configAllowed ?? null);
  const runner = connectRunner({ config, token: deps.token ?? (() => null), forge: deps.repository ?? null });

  const required = async (subject: CiSubject, posted: () => Promise<readonly CommitStatus[]>): Promise<readonly string[]> => {
    if (config.contexts === 'none') return [];
    if (config.contexts === 'workflows' && config.kind === 'woodpecker') return woodpeckerContexts(subject, select);
    if (config.contexts === 'workflows') return (await select(subject)).workflows.map((workflow) => workflow.context).toSorted();
    const branch = await forge.findBranch(subject.branch);
    if (branch === null) throw new CiError('not-found', `branch ${subject.branch} does not exist on the forge, so its required checks are unknown`);
    const contexts = branch.requiredContexts.map((context) => onSubject(config, subject, context));
    return expandContexts(contexts, config.account, contexts.some(isPattern) ? await posted() : []);
  };
  return {
    required: (subject) => required(subject, () => statuses(subject.head)),
    state: async (subject) => {
      const posted = once(() => statuses(subject.head));
      const contexts = await required(subject, posted);
      return reduceChecks(subject.head, contexts.length === 0 ? [] : await posted(), contexts, config.account);
    },
    failures: (head, failed) => readFailures(runner, head, failed, log),
    rerun: async (head, contexts) => {
      if (runner === null) throw new CiError('config', 'CI cannot be asked to run again: set the url of [projects.*.ci]');
      await runner.rerun(head, contexts);
    },
  };
}

/** The protection of a branch names the checks of pull requests; CIs that put the event into the name say it differently of a push. */
function onSubject({ kind }: CiConfig, subject: CiSubject, context: string): string {
  if (subject.kind === 'pull-request') return context;
  if (kind === 'woodpecker') return context.replace(/^ci\/woodpecker\/pr\//, 'ci/woodpecker/push/');
  return kind === 'forgejo-actions' ? asPushed(context) : context;
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
