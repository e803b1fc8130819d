import { defineAgent } from '#agent';
import { startAgent } from '#agent/start';
import { runReviewer } from './reviewer.ts';

export const reviewer = defineAgent({
  role: 'reviewer',
  schedule: {
    timing: { kind: 'every', seconds: 300 },
    overlap: 'skip',
    catchUp: { kind: 'latest' },
    graceSeconds: 60,
    jitterSeconds: 0,
  },
  timeoutMinutes: 90,
  needs: ['forge', 'view', 'git', 'ci', 'sessions', 'ledger', 'clock'],
  wakes: ['pull-request-open', 'status-green'],
  run: runReviewer,
});

if (import.meta.main) await startAgent(reviewer);
