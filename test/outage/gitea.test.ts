import { startGiteaSite } from '../contract/forge/gitea-site.ts';
import { causes } from './causes.ts';
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
    mostCallsPerHour: 100,
    mostSeconds: 120,
  },
]);
