import { conformanceContract } from './conformance.ts';
import { forgeContract } from './contract.ts';
import { startEmbeddedSite } from './embedded-site.ts';
import { countCases } from './count.ts';
import { recordWorlds } from './recorded-world.ts';

const { makeWorld, recorded, name } = recordWorlds(startEmbeddedSite);

forgeContract('the embedded forge', makeWorld);
conformanceContract(recorded);
countCases(name);
