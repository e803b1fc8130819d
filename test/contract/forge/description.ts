import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exchange } from './recorder.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
}
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: Schema }[];
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly schema?: Schema }>>;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;
interface Description {
  /** What agents use. */
  readonly paths: Paths;
  /** What setting a forge up uses. */
  readonly admin: Paths;
  readonly definitions: Readonly<Record<string, Schema>>;
  readonly responses: Readonly<Record<string, { readonly schema?: Schema }>>;
}

const file = join(import.meta.dirname, '..', '..', 'fixtures', 'forgejo-api.json');
export const description = JSON.parse(readFileSync(file, 'utf8')) as Description;

/** Longest template first: `pulls/{index}.{diffType}` before `pulls/{index}`. A branch or commit may hold slashes. */
const templates = [...new Set([...Object.keys(description.paths), ...Object.keys(description.admin)])]
  .map((template) => {
    const pattern = template
      .replaceAll('.', '\\.')
      .replace(/\{(\w+)\}/g, (_, name: string) =>
        name === 'branch' || name === 'filepath' ? '(.+)' : name === 'index' || name === 'id' ? '(\\d+)' : '([^/]+)',
      );
    return { template, pattern: new RegExp(`^${pattern}$`) };
  })
  .toSorted((a, b) => b.template.length - a.template.length);

export const templateOf = (path: string): string | null => templates.find((each) => each.pattern.test(path))?.template ?? null;

/** Everything in this exchange that Forgejo's description does not allow, in words. Empty: it conforms. */
export function deviations(exchange: Exchange): readonly string[] {
  const template = templateOf(exchange.path);
  const operation = template === null ? undefined : (description.paths[template]?.[exchange.method] ?? description.admin[template]?.[exchange.method]);
  if (operation === undefined) return [`unknown endpoint ${exchange.method} ${exchange.path}`];
  const where = `${exchange.method} ${template}`;
  const parameters = operation.parameters ?? [];
  const known = new Set(parameters.filter((each) => each.in === 'query').map((each) => each.name));
  const unknown = exchange.query.filter((name) => !known.has(name)).map((name) => `${where}: unknown query parameter ${name}`);
  const body = parameters.find((each) => each.in === 'body')?.schema;
  const request = exchange.requestBody === '' ? [] : misfits(JSON.parse(exchange.requestBody), body ?? {}, `${where} request`, 'strict');
  return [...unknown, ...request, ...responseDeviations(exchange, operation, where)];
}

function responseDeviations(exchange: Exchange, operation: Operation, where: string): readonly string[] {
  // Errors and statuses beside the described ones are told apart by status alone; 5xx is never conforming.
  if (exchange.status >= 500) return [`${where}: status ${exchange.status}`];
  if (exchange.status >= 300) return [];
  const listed = operation.responses[String(exchange.status)];
  if (listed === undefined) return [`${where}: status ${exchange.status} is not described`];
  const schema = listed.$ref === undefined ? listed.schema : description.responses[listed.$ref.replace('#/responses/', '')]?.schema;
  if (schema === undefined) return exchange.responseBody.trim() === '' ? [] : [`${where}: a body where none is described`];
  if (schema.type === 'string') return [];
  return misfits(JSON.parse(exchange.responseBody), schema, `${where} response`, 'lenient');
}

/** strict: our own bodies hold no unknown property, no null and all that is required. lenient: a forge may add and leave null. */
function misfits(value: unknown, schema: Schema, where: string, mode: 'strict' | 'lenient'): readonly string[] {
  if (schema.$ref !== undefined) {
    const target = description.definitions[schema.$ref.replace('#/definitions/', '')];
    return target === undefined ? [`${where}: the fixture lacks ${schema.$ref}`] : misfits(value, target, where, mode);
  }
  if (value === null) return mode === 'strict' ? [`${where}: null`] : [];
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${where}: ${JSON.stringify(value)} is none of ${schema.enum.join(', ')}`];
  if (schema.type === 'array') {
    if (!Array.isArray(value)) return [`${where}: not a list`];
    return value.flatMap((each, at) => misfits(each, schema.items ?? {}, `${where}[${at}]`, mode));
  }
  if (schema.type === 'object' || schema.properties !== undefined) return objectMisfits(value, schema, where, mode);
  return scalarFits(value, schema) ? [] : [`${where}: ${JSON.stringify(value)} is no ${schema.format ?? schema.type}`];
}

function objectMisfits(value: unknown, schema: Schema, where: string, mode: 'strict' | 'lenient'): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${where}: not an object`];
  const entries = Object.entries(value);
  const absent = mode === 'strict' ? (schema.required ?? []).filter((name) => !(name in value)) : [];
  return [
    ...absent.map((name) => `${where}: ${name} is required`),
    ...entries.flatMap(([name, each]) => {
      const property = schema.properties?.[name] ?? schema.additionalProperties;
      if (property !== undefined) return misfits(each, property, `${where}.${name}`, mode);
      return mode === 'strict' ? [`${where}: unknown property ${name}`] : [];
    }),
  ];
}

function scalarFits(value: unknown, { type, format }: Schema): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'number' || type === 'boolean') return typeof value === type;
  if (type !== 'string') return true;
  if (typeof value !== 'string') return false;
  return format !== 'date-time' || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value);
}
