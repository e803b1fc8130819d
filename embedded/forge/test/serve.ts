import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { startEmbeddedForge } from '../server.ts';

/** A forge in a process of its own, for tests that kill it. Prints its URL. */
const forge = await startEmbeddedForge({ directory: process.argv[2] ?? '.', clock: systemClock, chance: systemChance, settleMilliseconds: 0 });
process.stdout.write(`${forge.url}\n`);
