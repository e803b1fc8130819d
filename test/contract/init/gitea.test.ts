import { initSuite } from './suite.ts';
import { giteaForge } from './world.ts';

initSuite('a real Gitea', giteaForge);
