import { rightsSuite } from './suite/rights.ts';
import { embeddedForge } from './world.ts';

rightsSuite('the embedded forge', embeddedForge);
