import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Derives test/fixtures/forgejo-api.json from Forgejo's own API description (Swagger 2.0, MIT), keeping only what the adapters of a forge use:
 *
 *   node test/setup/derive-forge-api.ts path/to/swagger.v1.json
 *
 * A Forgejo serves the description as /swagger.v1.json. Run it again when the adapter uses another endpoint.
 */
const used: Readonly<Record<string, readonly string[]>> = {
  '/user': ['get'],
  '/repos/{owner}/{repo}': ['get'],
  '/repos/{owner}/{repo}/assignees': ['get'],
  '/repos/{owner}/{repo}/actions/tasks': ['get'],
  '/repos/{owner}/{repo}/branches/{branch}': ['get', 'delete'],
  '/repos/{owner}/{repo}/collaborators/{collaborator}/permission': ['get'],
  '/repos/{owner}/{repo}/commits/{ref}/statuses': ['get'],
  '/repos/{owner}/{repo}/statuses/{sha}': ['post'],
  '/repos/{owner}/{repo}/labels': ['get', 'post'],
  '/repos/{owner}/{repo}/issues': ['get', 'post'],
  '/repos/{owner}/{repo}/issues/{index}': ['get', 'patch'],
  '/repos/{owner}/{repo}/issues/{index}/comments': ['get', 'post'],
  '/repos/{owner}/{repo}/issues/{index}/labels': ['get', 'post'],
  '/repos/{owner}/{repo}/issues/{index}/labels/{id}': ['delete'],
  '/repos/{owner}/{repo}/issues/{index}/timeline': ['get'],
  '/repos/{owner}/{repo}/issues/comments/{id}': ['patch', 'delete'],
  '/repos/{owner}/{repo}/pulls': ['get', 'post'],
  '/repos/{owner}/{repo}/pulls/{index}': ['get', 'patch'],
  '/repos/{owner}/{repo}/pulls/{index}.{diffType}': ['get'],
  '/repos/{owner}/{repo}/pulls/{index}/merge': ['post'],
  '/repos/{owner}/{repo}/pulls/{index}/reviews': ['get', 'post'],
  '/repos/{owner}/{repo}/pulls/{index}/reviews/{id}/comments': ['get'],
};

/** What the adapter that sets a forge up uses. */
const administered: Readonly<Record<string, readonly string[]>> = {
  '/version': ['get'],
  '/user': ['get'],
  '/user/repos': ['post'],
  '/users/{username}': ['get'],
  '/users/{username}/tokens': ['get', 'post'],
  '/users/{username}/tokens/{token}': ['delete'],
  '/admin/users': ['post'],
  '/admin/users/{username}': ['patch', 'delete'],
  '/admin/users/{username}/repos': ['post'],
  '/orgs/{org}': ['get'],
  '/orgs/{org}/repos': ['post'],
  '/repos/{owner}/{repo}': ['get', 'delete'],
  '/repos/{owner}/{repo}/branches/{branch}': ['get'],
  '/repos/{owner}/{repo}/branch_protections': ['get', 'post'],
  '/repos/{owner}/{repo}/branch_protections/{name}': ['patch', 'delete'],
  '/repos/{owner}/{repo}/collaborators': ['get'],
  '/repos/{owner}/{repo}/collaborators/{collaborator}': ['put', 'delete'],
  '/repos/{owner}/{repo}/collaborators/{collaborator}/permission': ['get'],
  '/repos/{owner}/{repo}/contents': ['post'],
  '/repos/{owner}/{repo}/contents/{filepath}': ['get'],
  '/repos/{owner}/{repo}/git/trees/{sha}': ['get'],
  '/repos/{owner}/{repo}/hooks': ['get', 'post'],
  '/repos/{owner}/{repo}/hooks/{id}': ['get', 'patch', 'delete'],
  '/repos/{owner}/{repo}/hooks/{id}/tests': ['post'],
  '/repos/{owner}/{repo}/labels': ['get', 'post'],
  '/repos/{owner}/{repo}/labels/{id}': ['delete'],
};

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Node = { readonly [key: string]: Json };

interface Description {
  readonly info: Node;
  readonly basePath: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Node>>>>;
  readonly definitions: Readonly<Record<string, Node>>;
  readonly responses: Readonly<Record<string, Node>>;
}

const prose = new Set(['description', 'summary', 'tags', 'operationId', 'consumes', 'produces', 'example']);

/** Without prose and generator notes. `inside` properties a key is a field's name and stays. */
function strip(node: Json, inside = ''): Json {
  if (Array.isArray(node)) return node.map((each: Json) => strip(each));
  if (typeof node !== 'object' || node === null) return node;
  const names = inside === 'properties' || inside === 'responses';
  const kept = Object.entries(node).filter(([key]) => names || !(prose.has(key) || key.startsWith('x-')));
  return Object.fromEntries(kept.map(([key, value]) => [key, strip(value, key)]));
}

function references(node: Json): readonly string[] {
  const found = JSON.stringify(node).matchAll(/"\$ref":"#\/(?<kind>definitions|responses)\/(?<name>[^"]+)"/g);
  return [...found].map((each) => `${each.groups?.['kind']}/${each.groups?.['name']}`);
}

function derive(whole: Description): Node {
  const described = (table: typeof used): Node =>
    Object.fromEntries(
      Object.entries(table).map(([path, methods]) => [path, Object.fromEntries(methods.map((method) => [method, strip(pick(whole, path, method))]))]),
    );
  const [paths, admin] = [described(used), described(administered)];
  const parts: Record<'definitions' | 'responses', Record<string, Json>> = { definitions: {}, responses: {} };
  const queue = [...references(paths), ...references(admin)];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [kind, name] = next.split('/') as ['definitions' | 'responses', string];
    if (parts[kind][name] !== undefined) continue;
    const part = strip(whole[kind][name] ?? {});
    parts[kind][name] = part;
    queue.push(...references(part));
  }
  const source = `Forgejo API description, version ${String(whole.info['version'])}, derived by test/setup/derive-forge-api.ts`;
  return { source, license: 'MIT', basePath: whole.basePath, paths, admin, ...parts };
}

function pick(whole: Description, path: string, method: string): Json {
  const found = whole.paths[path]?.[method];
  if (found === undefined) throw new Error(`the description has no ${method} ${path}`);
  return found;
}

const source = process.argv[2];
if (source === undefined) throw new Error('usage: node test/setup/derive-forge-api.ts path/to/swagger.v1.json');
const target = join(dirname(import.meta.dirname), 'fixtures', 'forgejo-api.json');
writeFileSync(target, render(derive(JSON.parse(readFileSync(source, 'utf8')) as Description)));

/** JSON with one endpoint or definition a line, so that a difference between versions of the description is readable. */
function render(document: Node): string {
  const parts = Object.entries(document).map(([key, value]) => {
    if (typeof value !== 'object' || value === null) return ` ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    const lines = Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => `  ${JSON.stringify(name)}: ${JSON.stringify(each)}`);
    return ` ${JSON.stringify(key)}: {\n${lines.join(',\n')}\n }`;
  });
  return `{\n${parts.join(',\n')}\n}\n`;
}
