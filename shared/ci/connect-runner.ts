import type { CiConfig } from '#config';
import { createActionsRunner } from './actions/runner.ts';
import { createWoodpeckerRunner } from './woodpecker/runner.ts';
import { createEmbeddedRunner } from './embedded-runner.ts';
import { createCiHttp } from './http.ts';
import type { Runner } from './runner.ts';

export interface RunnerOptions {
  readonly config: CiConfig;
  /** Token of the CI's own API (embedded: only for re-runs), or null for none; asked for each request. */
  readonly token: () => string | null;
  /** The forge that the repository is on, for a CI that is part of it. */
  readonly forge: { readonly url: string; readonly repository: string; readonly token: () => string } | null;
}

const bearer = (token: string | null): string | null => (token === null ? null : `Bearer ${token}`);

/** What the configuration says runs the checks, or null when only statuses can be read. */
export function connectRunner({ config, token, forge }: RunnerOptions): Runner | null {
  const url = config.url?.replace(/\/+$/, '') ?? null;
  switch (config.kind) {
    case 'woodpecker': {
      if (url === null || forge === null) return null;
      const keys = { url: '[projects.*.ci] url', token: '[projects.*.ci] token-file' };
      return createWoodpeckerRunner(createCiHttp({ url, name: 'Woodpecker', keys, authorization: () => bearer(token()) }), forge.repository);
    }
    case 'forgejo-actions': {
      if (forge === null) return null;
      const keys = { url: 'forge.url', token: 'token-file of the agent' };
      const common = { url: forge.url.replace(/\/+$/, ''), name: 'Forgejo', keys };
      const api = createCiHttp({ ...common, authorization: () => `token ${forge.token()}` });
      return createActionsRunner({ api, web: createCiHttp({ ...common, authorization: () => null }), repository: forge.repository });
    }
    case 'embedded':
    case null:
      return url === null ? null : createEmbeddedRunner(url, token);
  }
}
