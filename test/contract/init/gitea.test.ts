import { initSuite } from './suite/whole.ts';
import { giteaForge } from './world.ts';

initSuite('a real Gitea', giteaForge);
