import { type Site, makeRepository } from './make-repository.ts';
import { type Exchange, startRecorder } from './recorder.ts';
import type { TestWorld } from './world.ts';

export interface StartedSite {
  readonly site: Omit<Site, 'url'>;
  close(): Promise<void>;
}

/** Worlds of a site whose every exchange with the adapter is kept; `recorded` is complete once a world is closed. */
export function recordWorlds(start: () => Promise<StartedSite>): { readonly makeWorld: () => Promise<TestWorld>; readonly recorded: readonly Exchange[] } {
  const recorded: Exchange[] = [];
  const makeWorld = async (): Promise<TestWorld> => {
    const { site, close } = await start();
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
  return { makeWorld, recorded };
}
