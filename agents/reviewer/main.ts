import { defineAgent } from '#agent';
import { startAgent } from '#agent/start';
import { lookEvery } from '#schedule';
import { runReviewer } from './reviewer.ts';

export const reviewer = defineAgent({
  role: 'reviewer',
  schedule: lookEvery(300),
  timeoutMinutes: 90,
  needs: ['forge', 'view', 'git', 'ci', 'sessions', 'ledger', 'clock'],
  wakes: ['pull-request-open', 'status-green'],
  run: runReviewer,
});

if (import.meta.main) await startAgent(reviewer);
