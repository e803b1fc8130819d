import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { ConfigError } from '#config';
import type { Config, ConfigProblem } from '#config';
import { assemble } from './assemble.ts';
import { explain, strangeKeys } from './explain.ts';
import type { Finding } from './explain.ts';
import { crossCheck } from './rules.ts';
import { withoutRefused } from './salvage.ts';
import { fileSchema } from './schema.ts';
import type { ConfigPart } from './schema.ts';
import { parseToml } from './toml.ts';

export interface ParseOptions {
  /** Laid under the file: a table is merged key by key, anything else is replaced by what the file says. May depend on the file. */
  readonly base?: ConfigPart | ((file: ConfigPart) => ConfigPart);
  /** Folder that relative paths count from; the file's own by default. */
  readonly folder?: string;
}

/** Reads and checks a `disinto.toml`. Throws `ConfigError` with every problem at once. */
export async function loadConfig(path: string): Promise<Config> {
  return parseConfig(await readText(path), path);
}

/** Checks the text of a `disinto.toml`; `file` is its path. Throws `ConfigError` with every problem at once. */
export function parseConfig(text: string, file: string, options: ParseOptions = {}): Config {
  const document = parseToml(text, file);
  const base = typeof options.base === 'function' ? options.base(document.value) : (options.base ?? {});
  const value = merge(base, document.value);
  const parsed = fileSchema.safeParse(value);
  const found = parsed.success ? crossCheck(parsed.data) : refusals(value, parsed.error.issues);
  const findings = oncePerPlace([...found, ...strangeKeys(value)]);
  if (parsed.success && findings.length === 0) return assemble(parsed.data, options.folder ?? dirname(resolve(file)));
  const problems = findings.map((finding) => problemOf(finding, document.lineOf(finding.path)));
  throw new ConfigError(
    'invalid',
    file,
    problems.toSorted((a, b) => a.line - b.line),
  );
}

/** What the shape refuses, and what the rules between fields would say about the rest. */
function refusals(value: ConfigPart, issues: readonly z.core.$ZodIssue[]): readonly Finding[] {
  const findings = issues.flatMap((issue) => explain(issue, value));
  const rest = fileSchema.safeParse(withoutRefused(value, issues));
  if (!rest.success) return findings;
  const isAbout = ({ path }: Finding, place: Finding['path']): boolean => place.every((key, index) => path[index] === key);
  // A table that was refused is not missing.
  return [...findings, ...crossCheck(rest.data).filter((rule) => !findings.some((finding) => isAbout(finding, rule.path)))];
}

/** What is wrong with a value is said once: the first finding about it says most. */
function oncePerPlace(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.toReversed().map((finding) => [JSON.stringify(finding.path), finding])).values()].toReversed();
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const message = `cannot be read (${error instanceof Error ? error.message : String(error)}); say where it is with DISINTO_CONFIG or --config`;
    throw new ConfigError('unreadable', path, [{ line: 1, path: '', message }], error);
  }
}

function problemOf(finding: Finding, line: number): ConfigProblem {
  return { line, path: finding.path.map(String).join('.'), message: finding.message };
}

function merge(base: ConfigPart, over: ConfigPart): ConfigPart {
  const merged = Object.entries(over).map(([key, value]): [string, unknown] => {
    const under = Object.hasOwn(base, key) ? base[key] : undefined;
    return [key, isTable(under) && isTable(value) ? merge(under, value) : value];
  });
  return Object.fromEntries([...Object.entries(base), ...merged]);
}

function isTable(value: unknown): value is ConfigPart {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
