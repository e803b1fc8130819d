import { parseSchedule } from '../../shared/schedule/parse.ts';
import type { WrittenSchedule } from '../../shared/schedule/parse.ts';
import type { Schedule } from '#schedule';

/** One schedule under test; its name is `<agent>@<project>`. */
export interface Case {
  readonly name: string;
  readonly agent: string;
  readonly schedule: Schedule;
}

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'America/Santiago',
  'America/Havana',
  'Africa/Cairo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Chatham',
] as const;

/** Each runs in a zone of its own turn, so that every kind of expression meets every kind of change over the list. */
const expressions = [
  '*/15 * * * *',
  '30 2 * * *',
  '0 2 * * *',
  '15 0 * * *',
  '0 0 * * *',
  '*/30 * * * *',
  '10,40 * * * *',
  '0 * * * *',
  '15 2 * * *',
  '45 1 * * *',
  '30 * * * *',
  '*/20 2-3 * * *',
  '30 0 * * *',
  '45 2 * * *',
  '15,45 1,2 * * *',
  '7 */2 * * *',
  '0 0,1,2,3 * * *',
  '30 23 * * *',
  '0 9 * * mon-fri',
  '0 8 1 * *',
  '59 23 28-31 * *',
  '0 12 13 * fri',
  '20 1-4 * * *',
  '5 0 * * sun',
  '0 3 1 1,4,7,10 *',
  '15 30 2 * * *',
  '*/15 0-3 * * sat,sun',
  '0 */3 * * *',
  '30 1 * 3,4,10,11 *',
  '50 2 29 2 *',
  '1 0 1-7 * *',
  '0 1 * * *',
] as const;

const intervals: readonly WrittenSchedule[] = [
  { every: '30m' },
  { every: '45m' },
  { every: '2h' },
  { every: '7h' },
  { every: '1d' },
  { every: '25m' },
  { once: '2026-03-29T01:30:00Z' },
  { once: '2026-10-04T15:45:00+10:30' },
];

const overlaps = ['skip', 'queue-one'] as const;
const catchUps = ['latest', 'none', { all: 3 }, { window: '2h' }, { window: '36h' }] as const;
const graces = ['60s', '5s', '10m'] as const;
const jitters = ['0s', '0s', '0s', '0s', '4s'] as const;

const pick = <T>(list: readonly [T, ...T[]] | readonly T[], index: number): T => {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('an empty list');
  return found;
};

/** 32 cron schedules over 12 zones, 5 intervals of different length, 3 others: 40, with policies mixed by turns of coprime length. */
export const cases: readonly Case[] = [
  ...expressions.map((cron, index): WrittenSchedule => ({ cron, zone: pick(zones, index * 5 + Math.floor(index / 12)) })),
  ...intervals,
].map((written, index) => {
  const policy = {
    overlap: pick(overlaps, index),
    'catch-up': pick(catchUps, index),
    grace: pick(graces, index + Math.floor(index / 3)),
    jitter: pick(jitters, index + 3),
  };
  const agent = `agent-${String(index + 1).padStart(2, '0')}`;
  return { name: `${agent}@calendar`, agent, schedule: parseSchedule({ ...(written as object), ...policy }) };
});

export const zoneCount = new Set(cases.map(({ schedule: { timing } }) => (timing.kind === 'cron' ? timing.zone : 'UTC'))).size;
