import { startEmbeddedSite } from '../contract/forge/embedded-site.ts';
import { causes, emptyLists, meets, nameless, refuses } from './causes.ts';
import type { Outage } from './story.ts';
import { playOutages } from './table.ts';

const usual = { minutes: 20, mostCallsPerHour: 450, mostSeconds: 330 };

const outages: readonly Outage[] = [
  { ...usual, cause: 'the token that reads for all (dev) is revoked', ...refuses(['dev'], 'invalid username, password or token'), waits: [causes.auth('dev')] },
  { ...usual, cause: 'the token of one that only merges has expired', ...refuses(['merger'], 'token has expired'), waits: [causes.auth('merger')] },
  {
    ...usual,
    cause: 'every token is revoked',
    ...refuses(['dev', 'reviewer', 'merger'], 'invalid username, password or token'),
    waits: ['dev', 'merger', 'reviewer'].map(causes.auth),
  },
  {
    ...usual,
    cause: '403 for one verb: the reviewer may not review',
    ...meets(({ method, path }) =>
      method === 'POST' && /\/pulls\/\d+\/reviews$/.test(path) ? { kind: 'answer', status: 403, body: '{"message":"no"}' } : null,
    ),
    waits: [causes.forbidden('reviewer')],
  },
  {
    ...usual,
    cause: '403 for git: dev may not push',
    ...meets(({ isGit, path, credential }) =>
      isGit && /receive-pack/.test(path) && credential.startsWith('dev:') ? { kind: 'answer', status: 403, body: '' } : null,
    ),
    waits: [causes.forbidden('dev')],
  },
  { ...usual, cause: 'the name of the forge does not resolve', minutes: 60, ...nameless(), waits: [causes.away], mostSeconds: 75 },
  { ...usual, cause: 'empty lists, by mistake, of a forge that starts', minutes: 70, ...emptyLists(), waits: [] },
];

playOutages('Accounts, rights, names', () => startEmbeddedSite(), outages);
