import { type Site, makeRepository } from './make-repository.ts';
import { type Exchange, startRecorder } from './recorder.ts';
import type { TestWorld } from './world.ts';

export interface StartedSite {
  /** What it is, with its version. */
  readonly name: string;
  readonly site: Omit<Site, 'url'>;
  close(): Promise<void>;
}

interface RecordedWorlds {
  readonly makeWorld: () => Promise<TestWorld>;
  /** Complete once the world is closed. */
  readonly recorded: readonly Exchange[];
  /** Of the site that was started last. */
  name(): string;
}

/** Worlds of a site whose every exchange with the adapter is kept. */
export function recordWorlds(start: () => Promise<StartedSite>): RecordedWorlds {
  const recorded: Exchange[] = [];
  let present = 'no forge';
  const makeWorld = async (): Promise<TestWorld> => {
    const { name, site, close } = await start();
    present = name;
    const recorder = await startRecorder(site.direct);
    const cleanups: (() => Promise<void>)[] = [];
    let made = 0;
    return {
      repository: async () => {
        const { repository, remove } = await makeRepository({ ...site, url: recorder.url }, `r${(made += 1)}`);
        cleanups.push(remove);
        return repository;
      },
      close: async () => {
        recorded.push(...recorder.exchanges);
        await recorder.close();
        await close();
        for (const clean of cleanups) await clean();
      },
    };
  };
  return { makeWorld, recorded, name: () => present };
}
