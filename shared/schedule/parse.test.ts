import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseDuration } from './duration.ts';
import { parseSchedule, scheduleSchema } from './parse.ts';

const problem = (input: unknown): string => {
  const { error } = scheduleSchema.safeParse(input);
  return (error?.issues ?? []).map(({ path, message }) => [...path, message].join(': ')).join('\n');
};

describe('a written schedule', () => {
  it('is a cron expression in UTC with the usual policies', () => {
    expect(parseSchedule('*/5 * * * *')).toEqual({
      timing: { kind: 'cron', expression: '*/5 * * * *', zone: 'UTC' },
      overlap: 'skip',
      catchUp: { kind: 'latest' },
      jitterSeconds: 0,
      graceSeconds: 60,
    });
  });

  it('is a table that says everything', () => {
    expect(
      parseSchedule({ cron: '30 2 * * mon-fri', zone: 'Europe/Berlin', overlap: 'queue-one', 'catch-up': { window: '2h' }, jitter: '10s', grace: '5m' }),
    ).toEqual({
      timing: { kind: 'cron', expression: '30 2 * * mon-fri', zone: 'Europe/Berlin' },
      overlap: 'queue-one',
      catchUp: { kind: 'window', seconds: 7200 },
      jitterSeconds: 10,
      graceSeconds: 300,
    });
    expect(parseSchedule({ every: '30s', 'catch-up': { all: 5 } })).toMatchObject({ timing: { kind: 'every', seconds: 30 }, catchUp: { kind: 'all', max: 5 } });
    expect(parseSchedule({ once: '2026-05-01T12:00:00+02:00', 'catch-up': 'none' })).toMatchObject({
      timing: { kind: 'once', at: new Date('2026-05-01T10:00:00Z') },
    });
  });

  it('has a grace that covers its jitter', () => {
    expect(parseSchedule({ every: '1h', jitter: '10m' }).graceSeconds).toBe(660);
    expect(problem({ every: '1h', jitter: '10m', grace: '1m' })).toBe('grace: The grace covers the jitter: make it at least as long, or leave it out');
  });

  it.each([
    ['61 * * * *', /"61 \* \* \* \*" is not a schedule: Invalid value for minute: 61\. Write minute, hour/],
    ['* * * *', /it needs five fields/],
    ['0 0 31 2 *', /no date ever matches it/],
    [{ cron: 'often' }, /^cron: "often" is not a schedule/],
    [{ cron: '* * * * *', zone: 'Europe/Berln' }, /^zone: "Europe\/Berln" is not a time zone/],
    [{ every: '5 minutes' }, /^every: "5 minutes" is not a duration\. Write a whole number and a unit/],
    [{ every: '500ms' }, /^every: An interval is at least 1s/],
    [{ every: '1h', cron: '* * * * *' }, /exactly one of cron, every and once/],
    [{}, /exactly one of cron, every and once/],
    [{ every: '1h', zone: 'UTC' }, /^zone: Only a cron schedule has a zone/],
    [{ once: '2026-01-01' }, /^once: Write an instant with its offset/],
    [{ every: '1h', 'catch-up': { all: 0 } }, /^catch-up: Write "none"/],
    [{ every: '1h', overlap: 'queue' }, /^overlap: /],
    [{ every: '1h', often: true }, /Unrecognized key: "often"/],
    [5, /Write a cron expression or a table/],
  ])('with a mistake says where and what would be right: %j', (input, message) => {
    expect(problem(input)).toMatch(message);
  });

  it('reports all problems of a table at once', () => {
    expect(problem({ cron: 'x', zone: 'y', jitter: 'z' }).split('\n')).toHaveLength(3);
  });

  it('has a JSON Schema', () => {
    expect(z.toJSONSchema(scheduleSchema, { io: 'input' })).toMatchObject({ anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: false }] });
  });
});

describe('a duration', () => {
  it.each([
    ['500ms', 0.5],
    ['30s', 30],
    ['10m', 600],
    ['2h', 7200],
    ['1d', 86_400],
    ['0s', 0],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });
  it.each(['', '5', 's', '-1s', '1.5h', '1 h', '1w', '1h30m', '99999999999s'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});
