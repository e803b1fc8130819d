import { foreignSuite } from './suite/foreign.ts';
import { ownRuleCases } from './suite/guard.ts';
import { embeddedForge } from './world.ts';

foreignSuite('the embedded forge', embeddedForge, ownRuleCases);
