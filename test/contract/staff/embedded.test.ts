import { embeddedForge } from '../init/world.ts';
import { staffSuite } from './suite.ts';

staffSuite('the embedded forge', embeddedForge);
