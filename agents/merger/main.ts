import { defineAgent } from '#agent';
import { startAgent } from '#agent/start';
import { lookEvery } from '#schedule';
import { runMerger } from './merger.ts';

export const merger = defineAgent({
  role: 'merger',
  schedule: lookEvery(60),
  timeoutMinutes: 10,
  needs: ['forge', 'view', 'git', 'ci', 'clock', 'ledger'],
  wakes: ['review-approved', 'status', 'push'],
  run: runMerger,
});

if (import.meta.main) await startAgent(merger);
