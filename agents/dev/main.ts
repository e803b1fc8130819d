import { defineAgent } from '#agent';
import { startAgent } from '#agent/start';
import { runDev } from './dev.ts';

export const dev = defineAgent({
  role: 'dev',
  schedule: {
    timing: { kind: 'every', seconds: 300 },
    overlap: 'skip',
    catchUp: { kind: 'latest' },
    graceSeconds: 60,
    jitterSeconds: 0,
  },
  timeoutMinutes: 180,
  needs: ['forge', 'view', 'git', 'ci', 'sessions', 'ledger', 'clock'],
  wakes: ['issues', 'comment', 'pull-request', 'review-other', 'status-red', 'push'],
  run: runDev,
});

if (import.meta.main) await startAgent(dev);
