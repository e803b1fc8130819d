import { startEmbeddedSite } from '../contract/forge/embedded-site.ts';
import { watchIdleAgents } from './idle.ts';

watchIdleAgents('the embedded forge', () => startEmbeddedSite());
