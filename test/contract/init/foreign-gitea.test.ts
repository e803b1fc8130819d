import { foreignSuite } from './foreign.ts';
import { giteaForge } from './world.ts';

foreignSuite('a real Gitea', giteaForge);
