import { foreignSuite } from './suite/foreign.ts';
import { embeddedForge } from './world.ts';

foreignSuite('the embedded forge', embeddedForge);
