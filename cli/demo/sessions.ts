import { join } from 'node:path';
import type { Sessions } from '#session';
import type { Runtime } from '../../shared/agent/connect.ts';
import { hiddenOf, readSecretFile } from '../../shared/config/secret.ts';
import { createSessions, locateHarness } from '../../shared/session/sessions.ts';
import { CliError } from '../command.ts';
import type { DemoLayout } from './places.ts';

/** Sessions of a demo. The scripted model knows each run by a key of its own; a real backend gets the key of its file. */
export function demoSessions(runtime: Runtime, layout: DemoLayout, env: Readonly<Record<string, string>>, scripted: boolean): Sessions {
  const { config, ledger, clock, chance, log, secrets } = runtime;
  for (const backend of Object.values(config.backends)) {
    locateHarness(backend, env);
    if (backend.keyFile !== null) secrets.add(readSecretFile(backend.keyFile));
  }
  return createSessions({
    ledger,
    clock,
    chance,
    log,
    env,
    backendFor: (agent) => {
      const backend = config.backends[config.agents[agent]?.backend ?? ''];
      if (backend === undefined) throw new CliError(`agents.${agent} has no backend: name one in disinto.toml`);
      return backend;
    },
    mintKey: scripted ? () => `run-${chance.secret(24)}` : null,
    directory: join(layout.root, 'sessions'),
    hidden: hiddenOf(config, runtime.env),
    mask: secrets.mask,
    usdPerDay: (agent) => config.agents[agent]?.limits.usdPerDay ?? null,
  });
}
