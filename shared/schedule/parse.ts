import { z } from 'zod';
import { cronProblem, isZone } from './cron.ts';
import { durationSchema } from './duration.ts';
import type { Schedule, Timing } from './schedule.ts';

const defaultGraceSeconds = 60;

const cronText = z.string().superRefine((expression, context) => {
  const problem = cronProblem(expression);
  if (problem === null) return;
  const message = `${JSON.stringify(expression)} is not a schedule: ${problem}. Write minute, hour, day, month and weekday, for example "*/5 * * * *" or "30 2 * * mon-fri"`;
  context.addIssue({ code: 'custom', message });
});

const zoneText = z.string().refine(isZone, {
  error: ({ input }) => `${JSON.stringify(input)} is not a time zone. Write an IANA name, for example "UTC" or "Europe/Berlin"`,
});

const intervalText = durationSchema.refine((seconds) => seconds >= 1, 'An interval is at least 1s');

const instantText = z.iso.datetime({ offset: true, error: 'Write an instant with its offset, for example "2027-01-31T09:00:00Z"' });

const catchUpSchema = z.union(
  [
    z.literal(['none', 'latest']).transform((kind) => ({ kind })),
    z.strictObject({ all: z.int().min(1).max(1000) }).transform(({ all }) => ({ kind: 'all' as const, max: all })),
    z.strictObject({ window: durationSchema }).transform(({ window }) => ({ kind: 'window' as const, seconds: window })),
  ],
  { error: 'Write "none", "latest", { all = 5 } (1 to 1000) or { window = "2h" }' },
);

const tableSchema = z
  .strictObject({
    cron: cronText.optional(),
    zone: zoneText.optional(),
    every: intervalText.optional(),
    once: instantText.optional(),
    overlap: z.enum(['skip', 'queue-one']).default('skip'),
    'catch-up': catchUpSchema.default({ kind: 'latest' }),
    jitter: durationSchema.default(0),
    grace: durationSchema.optional(),
  })
  .superRefine((table, context) => {
    const timings = [table.cron, table.every, table.once].filter((each) => each !== undefined).length;
    if (timings !== 1) context.addIssue({ code: 'custom', message: 'A schedule has exactly one of cron, every and once' });
    if (table.zone !== undefined && table.cron === undefined) {
      context.addIssue({ code: 'custom', path: ['zone'], message: 'Only a cron schedule has a zone: intervals and instants are the same everywhere' });
    }
    if (table.grace !== undefined && table.grace < table.jitter) {
      context.addIssue({ code: 'custom', path: ['grace'], message: 'The grace covers the jitter: make it at least as long, or leave it out' });
    }
  })
  .transform((table): Schedule => ({
    timing: timingOf(table),
    overlap: table.overlap,
    catchUp: table['catch-up'],
    jitterSeconds: table.jitter,
    graceSeconds: table.grace ?? defaultGraceSeconds + table.jitter,
  }));

/** For the type and the JSON Schema. A union that fails hides which mistake was made, so parsing picks the branch itself. */
const writtenSchema = z.union([cronText, tableSchema]);

/** A schedule as people write it, for declarations in code. */
export type WrittenSchedule = z.input<typeof writtenSchema>;

/**
 * A schedule as people write it: a cron expression, or a table
 * `{ cron, zone = "UTC" | every = "30s" | once, overlap = "skip", catch-up = "latest", jitter = "0s", grace = "60s" plus the jitter }`.
 */
export const scheduleSchema = z
  .unknown()
  .meta(jsonSchema())
  .transform((input, context): Schedule => {
    const parsed = tableSchema.safeParse(typeof input === 'string' ? { cron: input } : input);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) {
      if (!isWritten(input)) {
        context.addIssue({ code: 'custom', message: 'Write a cron expression or a table with cron, every or once', input });
        continue;
      }
      context.addIssue({ ...issue, path: typeof input === 'string' ? [] : [...issue.path], input } as Parameters<typeof context.addIssue>[0]);
    }
    return z.NEVER;
  });

/** The schedule of an agent's declaration, written as in the configuration. Throws a `ZodError` on a mistake. */
export const parseSchedule = (written: WrittenSchedule): Schedule => scheduleSchema.parse(written);

function jsonSchema(): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(writtenSchema, { io: 'input' });
  return schema;
}

const isWritten = (input: unknown): boolean => typeof input === 'string' || (typeof input === 'object' && input !== null && !Array.isArray(input));

interface Timings {
  readonly cron?: string | undefined;
  readonly zone?: string | undefined;
  readonly every?: number | undefined;
  readonly once?: string | undefined;
}

function timingOf({ cron, zone, every, once }: Timings): Timing {
  if (cron !== undefined) return { kind: 'cron', expression: cron, zone: zone ?? 'UTC' };
  if (every !== undefined) return { kind: 'every', seconds: every };
  return { kind: 'once', at: new Date(once ?? 0) };
}
