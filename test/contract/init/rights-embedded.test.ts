import { rightsSuite } from './rights.ts';
import { embeddedForge } from './world.ts';

rightsSuite('the embedded forge', embeddedForge);
