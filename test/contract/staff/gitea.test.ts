import { giteaForge } from '../init/world.ts';
import { staffSuite } from './suite.ts';

staffSuite('a real Gitea', giteaForge);
