import { boundaries, killSuite, middles } from './suite/kill.ts';
import { giteaForge } from './world.ts';

/** What the forge has done and we do not know yet. */
const unknown = middles.filter(({ at, when, count }) => at === 'request' && when === 'after' && count === 1);

killSuite('a real Gitea', giteaForge, { chain: boundaries, alone: unknown });
