import { boundaries, killSuite, middles } from './suite/kill.ts';
import { embeddedForge } from './world.ts';

killSuite('the embedded forge', embeddedForge, { chain: boundaries, alone: middles });
