import { initSuite } from './suite/whole.ts';
import { embeddedForge } from './world.ts';

initSuite('the embedded forge', embeddedForge);
