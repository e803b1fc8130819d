import { join } from 'node:path';
import { demoLayout } from '../../cli/demo/places.ts';
import type { DemoFolder } from '../../cli/demo/folder.ts';
import { people, seedIssues, seedRepository } from '../../cli/demo/seed.ts';
import { startEmbeddedCi } from '../../embedded/ci/server.ts';
import { startEmbeddedForge } from '../../embedded/forge/server.ts';
import { startModelServer } from '../../embedded/model/server.ts';
import { systemChance, systemClock } from '../../shared/clock/system.ts';
import { createForge } from '../../shared/forge/forgejo.ts';
import { openLedger } from '../../shared/ledger/sqlite.ts';
import type { Ledger } from '#ledger';
import { createSecretRegistry } from '../../shared/log/mask.ts';
import { createLog } from '../../shared/log/pino.ts';

/** Forge, CI and model of a demo, as in `disinto demo`, without any agent. */
export interface BareStand {
  readonly url: string;
  readonly repository: string;
  readonly modelUrl: string;
  readonly token: (login: string) => string;
  /** The scripted model knows its sessions from here. */
  readonly ledger: Ledger;
  close(): Promise<void>;
}

export async function openBareStand(folder: DemoFolder, root: string): Promise<BareStand> {
  const layout = demoLayout(folder, root);
  const secrets = createSecretRegistry();
  const common = { clock: systemClock, chance: systemChance, log: createLog({ level: 'silent', secrets }) };
  const ledger = openLedger(layout.ledger);
  const server = await startEmbeddedForge({ directory: layout.forge, ...common });
  const repository = `${people.owner}/${folder.name}`;
  await seedRepository(
    server,
    folder,
    'main',
    ['dev', 'reviewer', 'merger'].map((login) => ({ login, role: login })),
  );
  const tokens = new Map<string, string>();
  const token = (login: string): string => {
    const known = tokens.get(login) ?? server.seed.createToken(login, 'bare');
    tokens.set(login, known);
    return known;
  };
  const forge = (login: string) => createForge({ url: server.url, repository, token: () => token(login), timeoutSeconds: 30, ...common });
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8' };
  const ci = await startEmbeddedCi({
    directory: join(root, 'ci'),
    source: { kind: 'disk', path: layout.repository },
    repository,
    forgeUrl: server.url,
    forge: forge(people.ci),
    env,
    hidden: [],
    mask: secrets.mask,
    everySeconds: 3,
    ...common,
  });
  server.seed.createHook(repository, { url: ci.webhookUrl, secret: '', events: ['push', 'pull_request', 'pull_request_sync'] });
  const model = await startModelServer({
    playbook: folder.playbook ?? { entries: [] },
    sessions: ledger.sessions,
    chance: systemChance,
    host: '127.0.0.1',
    port: 0,
  });
  await seedIssues({ maintainer: forge(people.maintainer), outsider: forge(people.outsider), ledger, clock: systemClock }, folder);
  return {
    url: server.url,
    repository,
    modelUrl: model.url,
    token,
    ledger,
    close: async () => {
      await ci.close();
      await model.close();
      await server.close();
      ledger.close();
    },
  };
}
