import { boundaries, killSuite, middles } from './suite/kill.ts';
import { giteaForge } from './world.ts';

/** What the forge has done and we do not know yet. */
const unknown = middles.filter(({ at, when, count }) => at === 'request' && when === 'after' && count === 1);

killSuite('a real Gitea', giteaForge, { 'at the end of each step': boundaries, 'after what the forge did and we do not know': unknown });
