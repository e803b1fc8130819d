import { startEmbeddedSite } from '../contract/forge/embedded-site.ts';
import { playOutages } from './table.ts';
import type { Outage } from './story.ts';
import { answers, causes, meets } from './causes.ts';

const outages: readonly Outage[] = [
  {
    cause: 'connection refused for an hour',
    minutes: 60,
    deaf: true,
    begin: ({ proxy }) => proxy.leave(),
    end: ({ proxy }) => proxy.comeBack(),
    waits: [causes.away],
    mostCallsPerHour: 100,
    mostSeconds: 75,
  },
  {
    cause: 'connection refused from the middle of a session',
    minutes: 60,
    deaf: true,
    duringSession: true,
    begin: ({ proxy }) => proxy.leave(),
    end: ({ proxy }) => proxy.comeBack(),
    waits: [causes.away],
    mostCallsPerHour: 100,
    mostSeconds: 120,
  },
  {
    cause: '502, 503 and 504 pages of a proxy',
    minutes: 60,
    ...meets(answers([502, 503, 504], { 'content-type': 'text/html' }, '<html><h1>Bad gateway</h1></html>')),
    waits: [causes.away],
    mostCallsPerHour: 100,
    mostSeconds: 75,
  },
  {
    cause: '429 without Retry-After',
    minutes: 60,
    ...meets(answers([429], {}, '')),
    waits: [causes.limited],
    mostCallsPerHour: 60,
    mostSeconds: 330,
  },
  {
    cause: '429 with Retry-After: 120',
    minutes: 60,
    ...meets(answers([429], { 'retry-after': '120' }, '')),
    waits: [causes.limited],
    mostCallsPerHour: 60,
    mostSeconds: 330,
  },
];

playOutages('The forge is away or asks for patience', () => startEmbeddedSite(), outages);
