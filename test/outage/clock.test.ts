import { systemClock } from '../../shared/clock/system.ts';
import { startEmbeddedSite } from '../contract/forge/embedded-site.ts';
import type { Outage } from './story.ts';
import { playOutages } from './table.ts';

/** The forge's clock, in its headers and in what it writes; ours is right. */
let aheadMs = 0;
const clock = { ...systemClock, now: () => new Date(systemClock.now().getTime() + aheadMs) };

const goes = (minutes: number): Pick<Outage, 'begin' | 'end'> => ({
  begin: () => {
    aheadMs = minutes * 60_000;
  },
  end: () => {
    aheadMs = 0;
  },
});
const usual = { minutes: 10, waits: [], mostCallsPerHour: 900, mostSeconds: 0 };

playOutages('The clock of the forge is wrong, then set right', () => startEmbeddedSite(clock), [
  { ...usual, cause: 'it goes ten minutes ahead', ...goes(10) },
  { ...usual, cause: 'it goes ten minutes late', ...goes(-10) },
]);
