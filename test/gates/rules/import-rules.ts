/**
 * Who may import whom. The longest `zone` that a file's path starts with decides. A pattern matches a specifier that equals it
 * or, ending in `*`, that starts with it; a target pattern (with a `/` inside, no `#`) matches the file that the specifier names.
 */
export interface ImportRule {
  readonly zone: string;
  readonly may: readonly string[];
  readonly right: string;
}

const faces = [
  '#clock',
  '#config',
  '#log',
  '#ledger',
  '#schedule',
  '#forge',
  '#forge/view',
  '#forge/admin',
  '#pipeline',
  '#git',
  '#ci',
  '#session',
  '#process',
  '#agent',
];
const domain = ['./*', '#domain/*'];
const adapter = [...domain, ...faces, 'zod', 'node:*'];
const anywhere = ['./*', '../*', '#*', 'node:*'];

const roleRight = 'an agent imports ./, #domain/*, #work/*, port faces, zod and node:crypto|fs|path|url; effects go through its ports';
const roleMay = [
  ...domain,
  ...faces,
  '#work/*',
  '#agent/start',
  '#session/change',
  '#session/prompt',
  '#session/quote',
  'zod',
  'node:crypto',
  'node:fs/promises',
  'node:path',
  'node:url',
];

const adapterRight = 'an adapter imports ./, #domain/*, port faces, zod, Node modules and the npm package that its folder owns';

export const importRules: readonly ImportRule[] = [
  { zone: 'agents/', may: roleMay, right: roleRight },
  { zone: 'agents/dev/', may: [...roleMay, '#dev/*'], right: roleRight },
  { zone: 'shared/domain/', may: [...domain, 'zod', 'node:crypto'], right: 'the domain imports only itself, zod and node:crypto' },
  { zone: 'shared/work/', may: [...domain, ...faces, '#work/*', 'zod', 'node:crypto'], right: 'shared/work joins faces and the domain; it imports no adapter' },
  { zone: 'shared/clock/', may: adapter, right: adapterRight },
  { zone: 'shared/config/', may: [...adapter, '#schedule/parse', 'toml-eslint-parser'], right: adapterRight },
  { zone: 'shared/config/edit/', may: [...adapter, '../load.ts', '../toml.ts', 'toml-eslint-parser'], right: adapterRight },
  { zone: 'shared/log/', may: [...adapter, 'pino'], right: adapterRight },
  { zone: 'shared/ledger/', may: adapter, right: adapterRight },
  { zone: 'shared/schedule/', may: [...adapter, 'croner'], right: adapterRight },
  { zone: 'shared/process/', may: [...adapter, 'execa', '#clock/system'], right: adapterRight },
  { zone: 'shared/forge/', may: [...adapter, 'undici'], right: adapterRight },
  {
    zone: 'shared/forge/admin/',
    may: [...adapter, '../http/*', '../repository.ts'],
    right: 'the administration of a forge shares HTTP and paths below a repository with the forge, and nothing else',
  },
  { zone: 'shared/git/', may: [...adapter, 'execa'], right: adapterRight },
  { zone: 'shared/pipeline/', may: adapter, right: adapterRight },
  { zone: 'shared/ops/', may: domain, right: 'shared/ops is pure: what an ops repo is to hold; it imports itself and the domain' },
  { zone: 'shared/ci/', may: [...adapter, 'undici', 'yaml'], right: adapterRight },
  { zone: 'shared/session/', may: [...adapter, '#process/contained', '#session/*', 'execa'], right: adapterRight },
  { zone: 'shared/agent/', may: [...adapter, '#schedule/*', '#work/*', '#agent/*'], right: 'the host imports ./ and faces; only connect.ts reaches adapters' },
  {
    zone: 'shared/agent/connect.ts',
    may: [...adapter, '#work/*', '../*'],
    right: 'connect.ts joins ports to adapters; it reaches them by ../ inside shared/',
  },
  { zone: 'embedded/', may: [...anywhere, 'zod', 'yaml'], right: 'embedded/ imports itself, shared/, zod, yaml and Node modules' },
  { zone: 'cli/', may: [...anywhere, 'zod', 'yaml'], right: 'cli/ imports any code but tests, zod, yaml and Node modules' },
  { zone: 'bench/', may: [...anywhere, 'zod', 'yaml'], right: 'bench/ imports any code, zod, yaml and Node modules' },
  {
    zone: 'test/',
    may: [...anywhere, 'zod', 'yaml', 'vitest', 'vitest/*', 'undici', 'croner'],
    right: 'tests import any code; npm packages only those listed',
  },
];

/** A face speaks of the domain and of other faces, never of how it is done. */
export const faceFiles: readonly string[] = [
  'shared/clock/clock.ts',
  'shared/config/config.ts',
  'shared/log/log.ts',
  'shared/ledger/ledger.ts',
  'shared/schedule/schedule.ts',
  'shared/forge/forge.ts',
  'shared/forge/view.ts',
  'shared/forge/admin.ts',
  'shared/pipeline/pipeline.ts',
  'shared/git/git.ts',
  'shared/ci/ci.ts',
  'shared/session/session.ts',
  'shared/process/process.ts',
  'shared/agent/agent.ts',
];
export const faceMay: readonly string[] = ['#domain/*', ...faces, 'zod'];

/** Folder → the folders its files may reach, whatever the specifier says. Tests may reach anything. */
export const folderRules: Readonly<Record<string, readonly string[]>> = {
  agents: ['agents', 'shared'],
  shared: ['shared'],
  embedded: ['embedded', 'shared'],
  cli: ['cli', 'agents', 'embedded', 'shared'],
  bench: ['bench', 'cli', 'agents', 'embedded', 'shared'],
};
