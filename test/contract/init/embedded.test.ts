import { initSuite } from './suite.ts';
import { embeddedForge } from './world.ts';

initSuite('the embedded forge', embeddedForge);
