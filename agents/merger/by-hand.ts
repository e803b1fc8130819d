import type { Outcome, Tick } from '#agent';
import { attemptOf } from '#domain/name';
import type { PullRequest } from '#domain/pull-request';
import { identities } from '#work/identities';
import { leftovers } from './finish.ts';
import type { MergerPorts } from './observe.ts';

/** Pull requests that were tidied, or found tidy, by view. Losing it costs a look. */
const tidied = new WeakMap<object, Set<number>>();

/**
 * A person merged an agent's pull request: its branch, claim and records go, as after a merge of our own. There is no
 * certificate then, because nobody vouches for it but that person. Null when there is nothing to do.
 */
export async function tidyMergedByHand(ports: MergerPorts, tick: Tick): Promise<Outcome | null> {
  const done = tidied.get(ports.view) ?? new Set<number>();
  tidied.set(ports.view, done);
  const { people } = identities(tick.config, tick.project);
  const byHand = (pull: PullRequest): boolean =>
    pull.state === 'merged' && pull.base === tick.project.branch && people.isAgent(pull.author) && pull.mergedBy !== null && !people.isAgent(pull.mergedBy);
  const pull = [...ports.view.pullRequests.values()].find((one) => byHand(one) && attemptOf(one.branch) !== null && !done.has(one.number));
  if (pull === undefined) return null;
  tick.subject(`pr:${pull.number}`);
  await ports.git.fetch();
  for (const update of await leftovers(ports, pull, { issue: attemptOf(pull.branch)?.issue ?? null, head: pull.head })) {
    await tick.effect('push', update.ref, 'deleted', () => ports.git.push([update]));
  }
  done.add(pull.number);
  return { kind: 'acted', did: `tidied up after #${pull.number}, which @${pull.mergedBy} merged` };
}
