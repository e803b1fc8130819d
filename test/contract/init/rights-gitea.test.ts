import { obstacleSuite, unitSuite } from './suite/obstacles.ts';
import { rightsSuite } from './suite/rights.ts';
import { giteaForge } from './world.ts';

rightsSuite('a real Gitea', giteaForge);
obstacleSuite('a real Gitea', giteaForge);
unitSuite('a real Gitea', giteaForge);
