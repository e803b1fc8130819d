import { adminContract } from './contract.ts';
import { startEmbeddedSite } from './site.ts';

adminContract('administering the embedded forge', startEmbeddedSite);
