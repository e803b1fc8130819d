import type { Issue } from '#domain/issue';
import { type Change, type Forge, ForgeError, type IssueDraft, type TimelineEvent } from '#forge';
import { pageLimit } from './http/pages.ts';
import type { Labels } from './labels.ts';
import type { Repository } from './repository.ts';
import { type Item, item, timelineEvent, user } from './schema.ts';

type IssueVerbs = Pick<
  Forge,
  'changes' | 'findIssue' | 'searchIssues' | 'listTimeline' | 'createIssue' | 'ensureAssignees' | 'ensureClosed' | 'ensureReopened'
>;

export function createIssues(repository: Repository, labels: Labels): IssueVerbs {
  const seen = (found: Item): Item => {
    labels.learn(found.labels);
    return found;
  };
  const edit = async (number: number, body: object): Promise<Issue> => seen(await repository.write('PATCH', `issues/${number}`, body, item)).issue;

  const setState = async (number: number, state: Issue['state']): Promise<void> => {
    const now = await edit(number, { state }).catch(async (error: unknown) => {
      // Of two that close at the same moment, Gitea tells one 500: what counts is how the issue is.
      if (!(error instanceof ForgeError) || error.status !== 500) throw error;
      const found = await repository.find(`issues/${number}`, item);
      if (found?.issue.state !== state) throw error;
      return found.issue;
    });
    // Whoever may comment but not write gets 201 and nothing happens.
    if (now.state !== state) throw ignored(number, `it stays ${now.state}`);
  };
  return {
    changes: async (since) => {
      const query = since === null ? { state: 'open' } : { state: 'all', since: wholeSecond(since) };
      const found = await repository.list('issues', item, { query, counting: 'exact', idOf: (each) => each.issue.number });
      return found.map((each) => changeOf(seen(each))).sort(byAge);
    },
    findIssue: async (number) => {
      const found = await repository.find(`issues/${number}`, item);
      return found === null || found.isPullRequest ? null : seen(found).issue;
    },
    searchIssues: async (words) => {
      const query = { q: words, state: 'open', type: 'issues', limit: String(pageLimit) };
      const found = await repository.listWhole('issues', item, query);
      return found.filter((each) => !each.isPullRequest).map((each) => seen(each).issue);
    },
    listTimeline: (number) => {
      const how = { counting: 'uncounted', idOf: (each: TimelineEvent) => each.id } as const;
      return repository.below(number, () => repository.list(`issues/${number}/timeline`, timelineEvent, how));
    },
    createIssue: (draft) => createLabelled(repository, labels, seen, draft),
    ensureAssignees: async (number, logins) => {
      const { assignees } = await edit(number, { assignees: logins }).catch(async (error: unknown) => {
        throw (await unassignable(repository, number, logins, error)) ?? error;
      });
      const same = assignees.length === new Set(logins).size && logins.every((login) => assignees.includes(login));
      if (!same) throw ignored(number, `assignees are ${assignees.join(', ') || 'none'}`);
    },
    ensureClosed: (number) => setState(number, 'closed'),
    ensureReopened: (number) => setState(number, 'open'),
  };
}

async function createLabelled(repository: Repository, labels: Labels, seen: (found: Item) => Item, draft: IssueDraft): Promise<Issue> {
  const { title, body, labels: names } = draft;
  const ids = await orIfForbidden(labels.ids(names), []);
  const made = seen(await repository.write('POST', 'issues', { title, body, labels: ids }, item)).issue;
  const lost = names.filter((name) => !made.labels.has(name));
  if (lost.length === 0) return made;
  // An id that we knew was of a label that is no more; by name it is made anew.
  const added = labels.ensureOn(made.number, { add: lost, remove: [] }).then(() => true);
  if (!(await orIfForbidden(added, false))) return made;
  return seen(await repository.read(`issues/${made.number}`, item)).issue;
}

/** Whoever only reads may write an issue, and may not label it. */
function orIfForbidden<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  return asked.catch((error: unknown) => {
    if (error instanceof ForgeError && error.kind === 'forbidden') return otherwise;
    throw error;
  });
}

const changeOf = ({ issue, isPullRequest }: Item): Change => ({
  kind: isPullRequest ? 'pull-request' : 'issue',
  number: issue.number,
  updatedAt: issue.updatedAt,
  issue,
});

const byAge = (a: Change, b: Change): number => a.updatedAt.getTime() - b.updatedAt.getTime() || a.number - b.number;

/** The forge keeps whole seconds and `since` is inclusive. */
const wholeSecond = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

/** Gitea says 500 about an account that does not exist, as if it were broken: whom it can assign tells which it is. */
async function unassignable(repository: Repository, number: number, logins: readonly string[], error: unknown): Promise<ForgeError | null> {
  if (!(error instanceof ForgeError) || error.status !== 500) return null;
  const possible = (await repository.listWhole('assignees', user)).map((each) => each.login.toLowerCase());
  const lacking = logins.filter((login) => !possible.includes(login.toLowerCase()));
  if (lacking.length === 0) return null;
  const message = `PATCH issues/${number}: the forge cannot assign ${lacking.join(', ')} (check that the account exists and may see the repository)`;
  return new ForgeError('invalid', message, { status: 500, cause: error });
}

const ignored = (number: number, now: string): ForgeError =>
  new ForgeError('forbidden', `PATCH issues/${number}: the forge accepted the edit but ignored it, ${now} (the account needs write access)`);
