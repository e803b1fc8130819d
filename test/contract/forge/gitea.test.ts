import { conformanceContract } from './conformance.ts';
import { forgeContract } from './contract.ts';
import { startGiteaSite } from './gitea-site.ts';
import { countCases } from './count.ts';
import { recordWorlds } from './recorded-world.ts';

const { makeWorld, recorded, name } = recordWorlds(startGiteaSite);

forgeContract('a real forge', makeWorld);
conformanceContract(recorded);
countCases(name);
