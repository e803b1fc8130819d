import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '#config';
import { jsonSchema } from './json-schema.ts';
import { loadConfig, parseConfig } from './load.ts';
import type { ParseOptions } from './load.ts';

const minimal = `[forge]
url = "https://forge.test/"

[projects.demo]
repository = "acme/widgets"

[backends.main]
base-url = "https://models.test/v1/"
model = "scripted-1"

[agents.dev]
token-file = "secrets/dev"
[agents.reviewer]
[agents.merger]
`;

function problemsOf(text: string, options?: ParseOptions): readonly string[] {
  try {
    parseConfig(text, 'disinto.toml', options);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('parseConfig', () => {
  it('needs little: the rest has defaults', () => {
    const config = parseConfig(minimal, '/etc/disinto/disinto.toml');
    expect(config.instance).toEqual({ name: 'disinto', data: '/etc/disinto/data' });
    expect(config.forge).toEqual({ url: 'https://forge.test', embedded: false, timeoutSeconds: 30 });
    expect(config.projects['demo']).toMatchObject({ name: 'demo', branch: 'main', ci: { contexts: 'workflows', account: 'ci', url: null } });
    expect(config.projects['demo']?.policy).toEqual({
      version: '1',
      outsiders: 'park',
      fixRounds: 3,
      reviewRounds: 5,
      conflictRounds: 3,
      openPullRequests: 3,
      maxChangedFiles: 60,
      maxChangedLines: 3000,
      maxFileBytes: 1_048_576,
      protectedPaths: [],
    });
    expect(config.agents['dev']).toEqual({
      name: 'dev',
      enabled: true,
      role: 'dev',
      schedule: null,
      projects: [],
      backend: 'main',
      identity: 'dev',
      tokenFile: '/etc/disinto/secrets/dev',
      passwordFile: null,
      gitSecret: 'token',
      limits: { turns: 60, tokens: 2_000_000, usd: null, usdPerDay: null, wallMinutes: 120, idleSeconds: 300 },
    });
    expect(config.agents['merger']).toMatchObject({ role: 'merger', backend: null });
    expect(config.backends['main']).toMatchObject({ harness: 'pi', api: 'openai-chat', baseUrl: 'https://models.test/v1', keyFile: null });
    expect(config.webhook).toBeNull();
  });

  it('takes a second dev, a schedule and limits', () => {
    const text = `${minimal}[agents.dev-2]\nschedule = "*/5 * * * *"\nlimits = { turns = 5, idle-seconds = 5 }\n`;
    const dev = parseConfig(text, 'disinto.toml').agents['dev-2'];
    expect(dev).toMatchObject({ role: 'dev', identity: 'dev-2', limits: { turns: 5, idleSeconds: 5 } });
    expect(dev?.schedule?.timing).toMatchObject({ kind: 'cron', expression: '*/5 * * * *' });
  });

  it('says every problem at once, each with line, path and what would be right', () => {
    const text = `[instance]
nmae = "x"
[forge]
timeout-seconds = "soon"
[projects.demo]
repository = "widgets"
policy.fix-round = 3
[projects.Bad_Name]
repository = "a/b"
[backends.main]
harness = "cluade"
base-url = "models.test"
[agents.dev]
backend = "mian"
[agents.helper]
limits = { turns = 0 }
`;
    expect(problemsOf(text)).toEqual([
      'disinto.toml:2: instance.nmae: unknown key; did you mean `name`?',
      'disinto.toml:3: forge.url: is missing (address of the forge, without `/api/v1`)',
      'disinto.toml:4: forge.timeout-seconds: must be a number, not "soon" (longest wait for one answer)',
      'disinto.toml:6: projects.demo.repository: must be `owner/name` as on the forge, not "widgets" (`owner/name` on the forge)',
      'disinto.toml:7: projects.demo.policy.fix-round: unknown key; did you mean `fix-rounds`?',
      'disinto.toml:8: projects.Bad_Name: the name must be lower-case letters, digits and single hyphens, starting with a letter, such as `dev-2`',
      'disinto.toml:10: backends.main.model: is missing (name of the model, as the API knows it)',
      'disinto.toml:11: backends.main.harness: must be "pi" or "claude", not "cluade"; did you mean "claude"? (coding-agent CLI)',
      'disinto.toml:12: backends.main.base-url: must be an http:// or https:// address, not "models.test" (address of the model API)',
      'disinto.toml:14: agents.dev.backend: no backend "mian"; did you mean `main`?',
      'disinto.toml:15: agents.helper.role: is missing; the name stands for no role, so say one: there is `dev`, `reviewer`, `merger`',
      'disinto.toml:16: agents.helper.limits.turns: must be at least 1, not 0 (answers of the model per session)',
    ]);
  });

  it.each([
    ['[agents.dev]\nschedule = "every now and then"', 'agents.dev.schedule'],
    ['[agents.dev]\nschedule = 5', 'agents.dev.schedule'],
    ['[agents.dev]\nprojects = ["demmo"]', 'no project "demmo"; did you mean `demo`?'],
    ['[agents.reviewer]\nidentity = "dev"\n[agents.dev]', 'roles need accounts of their own'],
    ['[backends.other]\nbase-url = "http://x"\nmodel = "m"\n[agents.dev]', 'a dev holds sessions: say which: main, other'],
    ['[backends.c]\nharness = "claude"\napi = "openai-chat"\nbase-url = "http://x"\nmodel = "m"\n[agents.merger]', 'speaks "anthropic" only'],
    ['[session]\nenv = ["A B"]\n[agents.merger]', 'session.env.0: must be the name of an environment variable'],
    ['[webhook]\nlisten = "8088"\n[agents.merger]', 'must be `host:port`'],
    ['[webhook]\nlisten = "127.0.0.1:99999"\n[agents.merger]', 'port of 1 to 65535'],
    ['[agents.merger]\nrole = "dveloper"', 'must be "dev" or "reviewer" or "merger"'],
    ['', 'no agent; add tables such as [agents.dev]'],
  ])('refuses %j', (text, complaint) => {
    const base = minimal.slice(0, minimal.indexOf('[agents.dev]'));
    expect(problemsOf(`${base}${text}\n`).join('\n')).toContain(complaint);
  });

  it('says where the TOML itself is broken', () => {
    expect(problemsOf('[forge]\nurl = "x\n')[0]).toMatch(/^disinto\.toml:2: this is not TOML: /);
    expect(problemsOf('[forge]\n[forge]\n')[0]).toMatch(/^disinto\.toml:2: this is not TOML: /);
  });

  it('says what is missing from an empty file', () => {
    expect(problemsOf('')).toEqual([
      'disinto.toml:1: forge: is missing',
      'disinto.toml:1: projects: no project; add a table [projects.<name>] with repository = "owner/name"',
      'disinto.toml:1: agents: no agent; add tables such as [agents.dev], [agents.reviewer] and [agents.merger]',
    ]);
  });

  it('lies over a base: what the file leaves out comes from there', () => {
    const base = { forge: { url: 'http://127.0.0.1:1' }, projects: { demo: { repository: 'demo/x' } }, agents: { dev: { backend: 'own' }, merger: {} } };
    const text = '[backends.own]\nbase-url = "http://127.0.0.1:2"\nmodel = "m"\n[agents.dev]\nlimits.turns = 5\n[session]\nenv = ["HTTP_PROXY"]\n';
    const config = parseConfig(text, 'disinto.toml', { base });
    expect(config.forge.url).toBe('http://127.0.0.1:1');
    expect(config.agents['dev']).toMatchObject({ backend: 'own', limits: { turns: 5, tokens: 2_000_000 } });
    expect(config.session.env).toEqual(['HTTP_PROXY']);
    const chosen = parseConfig(text, 'disinto.toml', { base: (file) => ({ ...base, instance: { name: 'backends' in file ? 'own' : 'scripted' } }) });
    expect(chosen.instance.name).toBe('own');
  });
});

it('loadConfig says which file it could not read', async () => {
  await expect(loadConfig('/nowhere/disinto.toml')).rejects.toThrow(/^\/nowhere\/disinto\.toml:1: cannot be read/);
});

it('docs/disinto.schema.json is current (else run: make schema)', () => {
  expect(readFileSync('docs/disinto.schema.json', 'utf8')).toBe(jsonSchema());
});

it('names the keys of the file and refuses others', () => {
  const schema = JSON.parse(jsonSchema());
  expect(schema.additionalProperties).toBe(false);
  expect(Object.keys(schema.properties)).toEqual(['instance', 'forge', 'projects', 'agents', 'backends', 'session', 'webhook']);
});

describe('what each kind of CI needs', () => {
  const ciOf = (ci: string): string => `${minimal}\n[projects.demo.ci]\n${ci}\n`;
  it.each([
    ['kind = "woodpecker"', /projects\.demo\.ci\.url: is missing; name the address of Woodpecker/],
    ['kind = "forgejo-actions"', /projects\.demo\.ci\.contexts: must be "protection"/],
  ])('%s', (ci, expected) => {
    expect(problemsOf(ciOf(ci))).toEqual([expect.stringMatching(expected)]);
  });
  it.each([
    ['kind = "woodpecker"\nurl = "https://ci.example.org"', 'ci'],
    ['kind = "forgejo-actions"\ncontexts = "protection"', 'forgejo-actions'],
    ['kind = "embedded"', 'ci'],
  ])('%s: statuses of %s', (ci, account) => {
    expect(parseConfig(ciOf(ci), 'disinto.toml').projects['demo']?.ci.account).toBe(account);
  });
  it('two embedded CIs listen at two addresses', () => {
    const same = 'kind = "embedded"\nurl = "http://127.0.0.1:8100"\n';
    const text = `${ciOf(same)}\n[projects.other]\nrepository = "acme/other"\n[projects.other.ci]\n${same}`;
    expect(problemsOf(text)).toEqual([expect.stringMatching(/projects\.other\.ci\.url: is the address of the CI of demo already/)]);
  });
});
