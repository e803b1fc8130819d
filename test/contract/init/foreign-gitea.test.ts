import { foreignSuite } from './suite/foreign.ts';
import { giteaForge } from './world.ts';

foreignSuite('a real Gitea', giteaForge);
