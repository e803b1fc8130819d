import { adminContract } from './contract.ts';
import { startRealSite } from './site.ts';

adminContract('administering a real forge', startRealSite);
