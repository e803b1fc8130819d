import { rightsSuite } from './suite/rights.ts';
import { giteaForge } from './world.ts';

rightsSuite('a real Gitea', giteaForge);
