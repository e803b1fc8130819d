import type { Forge } from '#forge';
import { startFactory } from '../../cli/demo/factory.ts';
import { readFolder } from '../../cli/demo/folder.ts';
import { type IssueOutcome, readOutcomes } from '../../cli/demo/outcome.ts';
import { demoLayout } from '../../cli/demo/places.ts';
import type { DemoEvent } from '../../cli/demo/timeline.ts';
import { type Finish, watch } from '../../cli/demo/watch.ts';
import { startEmbeddedForge } from '../../embedded/forge/server.ts';
import { systemChance, systemClock } from '../../shared/clock/system.ts';
import { createForge } from '../../shared/forge/forgejo.ts';
import type { Place } from './folder.ts';

export interface Live {
  readonly finish: Finish;
  readonly issues: readonly IssueOutcome[];
  readonly events: readonly DemoEvent[];
}

/** Plays a folder in this process, so that a person can act at the forge while the agents work: `act` sees every event. */
export async function playWith(place: Place, act: (event: DemoEvent, maintainer: Forge) => Promise<void> | undefined): Promise<Live> {
  const folder = await readFolder(place.folder);
  const events: DemoEvent[] = [];
  const acts: Promise<void>[] = [];
  let progress = systemClock.monotonic();
  let maintainer: Forge | null = null;
  const onEvent = (event: DemoEvent): void => {
    events.push(event);
    if (!event.kind.startsWith('run-')) progress = systemClock.monotonic();
    const acting = maintainer === null ? undefined : act(event, maintainer);
    if (acting !== undefined) acts.push(acting);
  };
  const factory = await startFactory({ folder, layout: demoLayout(folder, place.keep), branch: 'main', harness: null, onEvent });
  try {
    maintainer = factory.forge;
    const stop = new AbortController();
    const finish = await watch({
      factory,
      clock: systemClock,
      forSeconds: 90,
      stuckSeconds: 20,
      stop: stop.signal,
      lastProgress: () => progress,
    });
    await Promise.all(acts);
    await factory.host.stop(5000);
    return { finish, issues: await readOutcomes(factory), events };
  } finally {
    await factory.close(0);
  }
}

/** What a person does at the forge of a kept demo between two runs. */
export async function betweenRuns(place: Place, name: string, who: 'maintainer' | 'outsider', act: (forge: Forge) => Promise<unknown>): Promise<void> {
  const server = await startEmbeddedForge({ directory: `${place.keep}/forge`, clock: systemClock, chance: systemChance });
  try {
    const token = server.seed.createToken(who, 'a person');
    await act(
      createForge({
        url: server.url,
        repository: `demo/${name}`,
        token: () => token,
        timeoutSeconds: 30,
        clock: systemClock,
        chance: systemChance,
        log: silent,
      }),
    );
  } finally {
    await server.close();
  }
}

const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => silent };
