import { obstacleSuite } from './suite/obstacles.ts';
import { rightsSuite } from './suite/rights.ts';
import { embeddedForge } from './world.ts';

rightsSuite('the embedded forge', embeddedForge);
obstacleSuite('the embedded forge', embeddedForge);
