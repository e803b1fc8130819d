import { startGiteaSite } from '../contract/forge/gitea-site.ts';
import { causes, meets, answers } from './causes.ts';
import { watchIdleAgents } from './idle.ts';
import { playOutages } from './table.ts';

watchIdleAgents('a real Gitea', startGiteaSite);

playOutages('A real Gitea is away', startGiteaSite, [
  {
    cause: 'connection refused from the middle of a session',
    minutes: 60,
    deaf: true,
    duringSession: true,
    begin: ({ proxy }) => proxy.leave(),
    end: ({ proxy }) => proxy.comeBack(),
    waits: [causes.away],
    again: ['session: implement for Second'],
    mostCallsPerHour: 100,
    mostSeconds: 61,
  },
  {
    cause: '502 pages of a proxy',
    minutes: 60,
    ...meets(answers([502], { 'content-type': 'text/html' }, '<html><h1>Bad gateway</h1></html>')),
    waits: [causes.away],
    mostCallsPerHour: 100,
    mostSeconds: 61,
  },
]);
