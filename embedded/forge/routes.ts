import { accountRoutes } from './site/account.ts';
import { organisationRoutes } from './site/organisation.ts';
import { fileChangeRoutes } from './files/change.ts';
import { treeRoutes } from './files/tree.ts';
import { branchRoutes } from './api/branch.ts';
import { commentRoutes } from './api/comment.ts';
import { contentRoutes } from './api/content.ts';
import { hookRoutes } from './api/hook.ts';
import { issueListRoutes } from './api/issue-list.ts';
import { issueRoutes } from './api/issue.ts';
import { labelRoutes } from './api/label.ts';
import { mergeRoutes } from './api/merge.ts';
import { protectionRoutes } from './api/protection.ts';
import { pullContentRoutes } from './api/pull-content.ts';
import { pullRoutes } from './api/pull.ts';
import { repositoryRoutes } from './api/repository.ts';
import { reviewRoutes } from './api/review.ts';
import { statusRoutes } from './api/status.ts';
import { userRoutes } from './api/user.ts';
import type { Route } from './route.ts';

const all: readonly Route[] = [
  ...userRoutes,
  ...accountRoutes,
  ...organisationRoutes,
  ...repositoryRoutes,
  ...issueListRoutes,
  ...issueRoutes,
  ...commentRoutes,
  ...labelRoutes,
  ...mergeRoutes,
  ...reviewRoutes,
  ...pullContentRoutes,
  ...pullRoutes,
  ...statusRoutes,
  ...branchRoutes,
  ...protectionRoutes,
  ...contentRoutes,
  ...fileChangeRoutes,
  ...treeRoutes,
  ...hookRoutes,
];

interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

const numbers = new Set(['index', 'review', 'comment']);

function compile(route: Route): Compiled {
  const names: string[] = [];
  const source = route.path.replace(/[.]|([:*])(\w+)/g, (found, kind: string | undefined, name: string) => {
    if (kind === undefined) return `\\${found}`;
    names.push(name);
    return kind === '*' ? '(.+)' : numbers.has(name) ? '(\\d+)' : '([^/]+)';
  });
  return { route, pattern: new RegExp(`^${source}/?$`), names };
}

const byMethod = Map.groupBy(all.map(compile), (compiled) => compiled.route.method);

/** The route of a request with the decoded pieces of its path; null: nothing here answers to it. */
export function findRoute(method: string, path: string): { readonly route: Route; readonly params: Record<string, string> } | null {
  for (const { route, pattern, names } of byMethod.get(method) ?? []) {
    const found = pattern.exec(path);
    if (found === null) continue;
    return { route, params: Object.fromEntries(names.map((name, at) => [name, decode(found[at + 1] ?? '')])) };
  }
  return null;
}

function decode(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}
