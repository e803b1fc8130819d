import { defineAgent } from '#agent';
import { startAgent } from '#agent/start';
import { lookEvery } from '#schedule';
import { runDev } from './dev.ts';

export const dev = defineAgent({
  role: 'dev',
  schedule: lookEvery(300),
  timeoutMinutes: 180,
  needs: ['forge', 'view', 'git', 'ci', 'sessions', 'ledger', 'clock'],
  wakes: ['issues', 'comment', 'pull-request', 'review-other', 'status-red', 'push'],
  run: runDev,
});

if (import.meta.main) await startAgent(dev);
