import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesOf, makeCase, type Played, play } from '../play.ts';
import { stateOf } from '../state.ts';
import type { InitForge } from '../world.ts';

export const sayWhy = ({ out, err }: Played): string => `${out.slice(-3000)}\n${err}`;

/** No value of a file in `secrets/` may be said. */
export function expectNoSecret(folder: string, ...played: readonly Played[]): void {
  for (const name of readdirSync(join(folder, 'secrets'))) {
    const secret = readFileSync(join(folder, 'secrets', name), 'utf8').trim();
    expect(secret.length).toBeGreaterThan(20);
    for (const { out, err } of played) expect(`${out}${err}`.includes(secret), `${name} was said`).toBe(false);
  }
}

/** What `disinto init` promises, on whatever forge. */
export function initSuite(name: string, start: () => Promise<InitForge>): void {
  describe(`disinto init on ${name}`, () => {
    let forge: InitForge;
    beforeAll(async () => {
      forge = await start();
    });
    afterAll(() => forge.close());

    it('sets up a repository from nothing; a second run has nothing to do and changes no byte', async () => {
      const one = await makeCase(forge);
      const first = await one.init(['--yes', '--json']);
      expect(first.lines.at(-1), sayWhy(first)).toMatchObject({ event: 'end', end: 'done', failures: [] });
      expect(await play(one.folder, ['config', 'check'])).toMatchObject({ code: 0 });
      const [files, state] = [filesOf(one.folder), await stateOf(forge, one)];
      const second = await one.init(['--yes', '--json']);
      expect(second.lines.at(-1), sayWhy(second)).toMatchObject({ event: 'end', end: 'done', applied: 0 });
      expect(filesOf(one.folder)).toEqual(files);
      expect(await stateOf(forge, one)).toEqual(state);
      expect(state).toMatchObject(expectedState);
      expectNoSecret(one.folder, first, second);
    });

    it('plans with --dry-run and without --yes, and changes nothing', async () => {
      const one = await makeCase(forge);
      const dry = await one.init(['--dry-run']);
      expect(dry, sayWhy(dry)).toMatchObject({ code: 0, err: '' });
      expect(dry.out).toContain(`create account ${one.name}-dev ("disinto agent dev (instance ${one.name})"), its password in secrets/dev.password`);
      expect(dry.out).toContain(`create webhook http://${one.listen}/ of ${one.repository}`);
      const refused = await one.init([]);
      expect(refused).toMatchObject({ code: 2 });
      expect(refused.err).toContain('--yes');
      expect(filesOf(one.folder)).toEqual({});
      expect(await forge.admin.findAccount(`${one.name}-dev`)).toBeNull();
      expect(await forge.admin.findRepository(one.repository)).toBeNull();
    });

    it('the plan of a dry run is what is then done', async () => {
      const one = await makeCase(forge);
      const dry = await one.init(['--dry-run', '--json']);
      const real = await one.init(['--yes', '--json']);
      const [planned, done] = [dry, real].map(({ lines }) => lines.find(({ event }) => event === 'plan'));
      expect({ code: real.code, why: sayWhy(real) }).toMatchObject({ code: 0 });
      expect(done).toEqual(planned);
      const steps = planned?.['steps'] as readonly { readonly id: string; readonly check: { readonly state: string } }[];
      const wanted = steps.filter(({ check }) => check.state === 'absent').map(({ id }) => id);
      const started = new Map<string, string>();
      for (const { type, step = '', check } of real.lines) if (type === 'checked') started.set(step, (check as { readonly state: string }).state);
      // Two are there by the time it is their turn: they come with what was made before them.
      const applied = [...started].filter(([, state]) => state === 'absent' || state === 'drifted').map(([step]) => step);
      expect(wanted.filter((step) => !applied.includes(step) && !step.startsWith('git/'))).toEqual([]);
      expect(applied.filter((step) => !wanted.includes(step))).toEqual([]);
    });
  });
}

const account = (agent: string, title: string, scopes: readonly string[]): unknown => ({
  login: `CASE-${agent}`,
  fullName: title,
  siteAdmin: false,
  opens: `CASE-${agent}`,
  tokens: [['disinto-CASE', expect.arrayContaining([...scopes])]],
});

const agentScopes = ['write:issue', 'write:repository', 'read:user'];
const secrets = ['ci', 'dev', 'merger', 'reviewer'].flatMap((agent) => [`${agent}.password 600`, `${agent}.token 600`]);

const expectedState = {
  accounts: [
    account('dev', 'disinto agent dev (instance CASE)', agentScopes),
    account('reviewer', 'disinto agent reviewer (instance CASE)', agentScopes),
    account('merger', 'disinto agent merger (instance CASE)', agentScopes),
    account('ci', 'disinto CI (instance CASE)', ['write:repository', 'read:user']),
  ],
  repositories: [
    {
      facts: { empty: false, private: false, defaultBranch: 'main' },
      branches: ['main'],
      commits: ['Begin'],
      collaborators: ['CASE-ci write', 'CASE-dev write', 'CASE-merger write', 'CASE-reviewer read'],
      protections: [
        {
          name: 'main',
          push: 'nobody',
          merge: { only: ['CASE-merger'] },
          approvals: { required: 1, by: { only: ['CASE-reviewer'] } },
          dismissStaleApprovals: true,
        },
      ],
      hooks: [{ url: 'http://LISTEN/', active: true, events: expect.arrayContaining(['push', 'issues', 'pull_request', 'status']) }],
    },
    {
      facts: { empty: false, private: true },
      commits: ['Show that CASE-dev can keep books', 'Begin'],
      collaborators: ['CASE-dev write', 'CASE-reviewer read'],
      protections: [
        {
          name: 'main',
          push: 'nobody',
          protectedFiles: expect.arrayContaining(['vault/actions/**']),
          unprotectedFiles: expect.arrayContaining(['evidence/**']),
        },
      ],
      hooks: [],
      files: expect.arrayContaining(['evidence/setup/CASE-dev.json', 'vault/policy.toml', 'vault/actions/.gitkeep']),
    },
  ],
  folder: {
    entries: ['data', 'disinto.toml', 'secrets'],
    data: ['init.json', 'init.lock'],
    secretsFolder: '700',
    secrets: [...secrets, 'webhook.secret 600'],
    open: {},
  },
};
