import { systemClock } from '../shared/clock/system.ts';
import { demoLayout } from '../cli/demo/places.ts';
import { type Factory, startFactory } from '../cli/demo/factory.ts';
import type { DemoFolder } from '../cli/demo/folder.ts';
import type { DemoEvent } from '../cli/demo/timeline.ts';

/** The factory of `disinto demo` on a folder, everything kept under `root`. */
export function startKept(folder: DemoFolder, root: string, onEvent: (event: DemoEvent) => void = () => {}): Promise<Factory> {
  return startFactory({ folder, layout: demoLayout(folder, root), branch: 'main', harness: 'pi', onEvent });
}

/** Resolves when no agent and no CI has had anything to do for `quietMs`. Throws after two minutes. */
export async function untilIdle(factory: Factory, quietMs: number): Promise<void> {
  const started = systemClock.monotonic();
  let since = started;
  while (systemClock.monotonic() - since < quietMs) {
    await systemClock.sleep(20);
    const now = systemClock.monotonic();
    if (!factory.host.idle() || !factory.ci.idle()) since = now;
    if (now - started > 120_000) throw new Error('the factory does not come to rest within two minutes');
  }
}
