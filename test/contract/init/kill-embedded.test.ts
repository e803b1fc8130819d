import { boundaries, inTurns, killSuite, middles } from './suite/kill.ts';
import { embeddedForge } from './world.ts';

const [first = [], second = []] = inTurns(middles);

killSuite('the embedded forge', embeddedForge, {
  'at the end of each step': boundaries,
  'in the middle of steps, every second moment': first,
  'in the middle of steps, the other moments': second,
});
