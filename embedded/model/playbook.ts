import { z } from 'zod';
import { readYaml, renderProblems, suggestion, type Problem } from './yaml.ts';

/** What the scripted model does: entries in file order. */
export interface Playbook {
  readonly entries: readonly PlaybookEntry[];
}

export interface PlaybookEntry {
  /** Place in the file, from 1. */
  readonly number: number;
  readonly when: EntryCondition;
  /** Sessions that may use it. */
  readonly times: number;
  readonly items: readonly PlaybookItem[];
  /** The final texts: first for the first try, next for the repair try; the last one repeats. Empty only when a fault ends the session. */
  readonly answers: readonly string[];
}

/** A missing key matches everything. */
export interface EntryCondition {
  /** The agent's name, or what its name begins with: `dev` is also `dev-2`. */
  readonly agent: string | null;
  readonly task: Task | null;
  /** The issue's exact title, or its number. */
  readonly issue: string | number | null;
  readonly round: number | null;
}

export const tasks = ['implement', 'fix-checks', 'address-review', 'resolve-conflict', 'review'] as const;
export type Task = (typeof tasks)[number];

export const faults = ['hang', 'cut', 'malformed', 'http-401', 'http-429', 'http-500', 'loop'] as const;
export type Fault = (typeof faults)[number];

export type PlaybookItem =
  | { readonly kind: 'write'; readonly path: string; readonly content: string }
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'fault'; readonly fault: Fault };

export class PlaybookError extends Error {
  override readonly name = 'PlaybookError';
  readonly kind = 'invalid';
  readonly problems: readonly Problem[];
  constructor(file: string, problems: readonly Problem[]) {
    super(renderProblems(file, problems));
    this.problems = problems;
  }
}

/**
 * Reads a `playbook.yaml`. `file` is the name that messages carry.
 * Throws `PlaybookError` with every problem: line, path, and what would be right.
 */
export function loadPlaybook(text: string, file: string): Playbook {
  const read = readYaml(text, playbookSchema);
  if (!read.ok) throw new PlaybookError(file, read.problems);
  return { entries: read.value.map((entry, at) => ({ number: at + 1, ...entry })) };
}

/** A strict object whose unknown keys are named with the known key they look like. */
function record<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return `must be a mapping with the keys ${known.join(', ')}`;
      const unknown = issue['keys'] as readonly string[];
      return unknown.map((key) => `unknown key \`${key}\`${suggestion(key, known) || `; known are ${known.join(', ')}`}`).join('; ');
    },
  });
}

function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: (issue) => `must be one of ${words.join(', ')}${suggestion(String(issue.input), words)}` });
}

const line = (what: string) => z.string(`${what} must be a text`).min(1, `${what} must not be empty`);
const count = (what: string) => z.int(`${what} must be a whole number from 1`).min(1, `${what} must be a whole number from 1`);

const itemSchema = record({
  write: record({ path: line('path'), content: z.string('content must be a text (quote it, or use a block with |)') }).optional(),
  run: line('run').optional(),
  say: line('say').optional(),
  fault: word(faults).optional(),
}).transform((item, context): PlaybookItem => {
  const found: PlaybookItem[] = [];
  if (item.write !== undefined) found.push({ kind: 'write', ...item.write });
  if (item.run !== undefined) found.push({ kind: 'run', command: item.run });
  if (item.say !== undefined) found.push({ kind: 'say', text: item.say });
  if (item.fault !== undefined) found.push({ kind: 'fault', fault: item.fault });
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  context.addIssue({ code: 'custom', message: 'an item of `do` has exactly one of write, run, say, fault; begin each with its own `-`' });
  return z.NEVER;
});

const whenSchema = record({
  agent: line('agent').optional(),
  task: word(tasks).optional(),
  issue: z.union([z.string().min(1), z.int().min(1)], { error: 'issue must be the exact title (quote it) or the number of an issue' }).optional(),
  round: count('round').optional(),
}).nullish();

const answerText = (answer: unknown): string => (typeof answer === 'string' ? answer : JSON.stringify(answer));
const oneAnswer = z.union([z.string(), z.record(z.string(), z.unknown())], {
  error: 'answer must be a mapping (sent as JSON), a text (sent as it is), or a list of these',
});
const answerSchema = z
  .unknown()
  .refine((value) => value !== null, 'answer must not be empty')
  .transform((value) => (Array.isArray(value) ? value : [value]) as unknown[])
  .pipe(z.array(oneAnswer).min(1, 'answer must not be an empty list'));

const entrySchema = record({
  when: whenSchema,
  do: z.array(itemSchema, 'do must be a list of items, each `- write:`, `- run:`, `- say:` or `- fault:`').nullish(),
  answer: answerSchema.optional(),
  times: count('times').default(1),
}).transform((entry, context) => {
  const items = entry.do ?? [];
  if (entry.answer === undefined && !items.some((item) => item.kind === 'fault')) {
    context.addIssue({ code: 'custom', message: 'an entry needs an `answer`, or a `fault` in its `do`' });
    return z.NEVER;
  }
  const { agent = null, task = null, issue = null, round = null } = entry.when ?? {};
  return { when: { agent, task, issue, round }, times: entry.times, items, answers: (entry.answer ?? []).map(answerText) };
});

const playbookSchema = z.array(entrySchema, 'a playbook is a list of entries, each `- when: …`, `do: …`, `answer: …`');
