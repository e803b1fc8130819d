import { defineAgent } from '#agent';
import { startAgent } from '#agent/start';
import { runMerger } from './merger.ts';

export const merger = defineAgent({
  role: 'merger',
  schedule: {
    timing: { kind: 'every', seconds: 60 },
    overlap: 'skip',
    catchUp: { kind: 'latest' },
    graceSeconds: 60,
    jitterSeconds: 0,
  },
  timeoutMinutes: 10,
  needs: ['forge', 'view', 'git', 'ci', 'clock', 'ledger'],
  wakes: ['review-approved', 'status', 'push'],
  run: runMerger,
});

if (import.meta.main) await startAgent(merger);
