import { ensureMachine } from '../machine.ts';
import { ensureBuild, isBuilt } from './build.ts';
import { forgeOfEnvironment } from './elsewhere.ts';

/** Brings what the tests need onto this machine: programs, and the Gitea in the cache. Throws with what a person has to do. */
export async function installForTests(say: (line: string) => void): Promise<void> {
  const building = forgeOfEnvironment() === null && !(await isBuilt());
  ensureMachine(building, say);
  if (building) await ensureBuild(say);
}
