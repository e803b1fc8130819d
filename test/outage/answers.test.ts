import { startEmbeddedSite } from '../contract/forge/embedded-site.ts';
import { answers, causes, meets, once } from './causes.ts';
import type { Outage } from './story.ts';
import { playOutages } from './table.ts';

const usual = { minutes: 20, mostCallsPerHour: 150, mostSeconds: 75 };
const html = { 'content-type': 'text/html' };

/** Deliveries for which the choice is true reach nobody. */
const losing = (choice: () => (event: string) => boolean): Pick<Outage, 'begin' | 'end'> => ({
  begin: ({ deliver }) => {
    const isLost = choice();
    deliver((event) => !isLost(event));
  },
  end: ({ deliver }) => deliver(() => true),
});

function everySecond(): () => boolean {
  let count = 0;
  return () => (count += 1) % 2 === 0;
}

const outages: readonly Outage[] = [
  { ...usual, cause: 'no headers come', ...meets(() => ({ kind: 'hang' })), waits: [causes.away] },
  { ...usual, cause: 'the body drips', ...meets(() => ({ kind: 'hang', drip: true })), waits: [causes.away] },
  { ...usual, cause: 'answers end in the middle', ...meets(() => ({ kind: 'cut' })), waits: [causes.away] },
  { ...usual, cause: 'B23: JSON that ends in the middle, as if whole', mostSeconds: 330, ...meets(() => ({ kind: 'truncate' })), waits: [causes.malformed] },
  { ...usual, cause: 'B23: a login page with status 200', mostSeconds: 330, ...meets(answers([200], html, '<html>Sign in</html>')), waits: [causes.malformed] },
  { ...usual, cause: 'a forge that does not know its repository yet', mostSeconds: 330, ...meets(answers([404], {}, '{}')), waits: [causes.gone] },
  { ...usual, cause: 'each kind of write is cut off once', ...meets(once({ kind: 'cut' })), waits: [], passing: 9, mostCallsPerHour: 900 },
  { ...usual, cause: 'each kind of write gets half of its JSON once', ...meets(once({ kind: 'truncate' })), waits: [], passing: 9, mostCallsPerHour: 900 },
  { ...usual, cause: 'every second delivery is lost', mostCallsPerHour: 900, ...losing(everySecond), waits: [] },
  { ...usual, cause: 'what is told of statuses is lost', mostCallsPerHour: 900, ...losing(() => (event) => event === 'status'), waits: [] },
  {
    ...usual,
    cause: 'only git is away, from the middle of a session',
    mostCallsPerHour: 450,
    mostSeconds: 120,
    duringSession: true,
    ...meets(({ isGit }) => (isGit ? { kind: 'answer', status: 503, body: '' } : null)),
    waits: [causes.away],
  },
];

playOutages('Answers that are late, cut or not those of the forge', () => startEmbeddedSite(), outages);
