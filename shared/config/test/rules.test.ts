import { expect, it } from 'vitest';
import { ConfigError } from '#config';
import { parseConfig } from '../load.ts';

const minimal = `[forge]
url = "http://127.0.0.1:3080"
[projects.demo]
repository = "acme/widgets"
[agents.merger]
identity = "merger-bot"
`;

function problemsOf(text: string): readonly string[] {
  try {
    parseConfig(text, 'd');
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

/** What is said about one more piece of text, or the minimal one changed. */
const about = (more: string, from = '', to = ''): string => problemsOf(`${minimal.replace(from, to)}${more}\n`).join('\n');

it('one repository is one project, whatever the case of its letters; each line is said', () => {
  expect(problemsOf(`${minimal}[projects.again]\nrepository = "Acme/Widgets"\n`)).toEqual([
    'd:4: projects.demo.repository: "acme/widgets" is the repository of again as well; one project works on it: remove the rest',
    'd:8: projects.again.repository: "Acme/Widgets" is the repository of demo as well; one project works on it: remove the rest',
  ]);
});

it.each([
  ['[projects.demo.ci]\naccount = "Merger-Bot"', 'd:8: projects.demo.ci.account: "Merger-Bot" is the account of the agent merger; CI needs one of its own'],
  ['[agents.merger-2]\nidentity = "ci"', 'projects.demo.ci.account: "ci" is the account of the agent merger-2'],
  [
    '[projects.demo.policy]\n[projects.p]\nrepository = "o/p"\nmaintainers = ["ada", "MERGER-bot"]',
    'd:10: projects.p.maintainers.1: "MERGER-bot" is the account of the agent merger',
  ],
])('an agent neither posts statuses nor counts as a maintainer: %j', (text, complaint) => {
  expect(about(text)).toContain(complaint);
});

it('two roles behind one account are found in any case of letters', () => {
  const backend = '[backends.b]\nbase-url = "http://b"\nmodel = "m"\n';
  expect(about(`${backend}[agents.dev]\nidentity = "Merger-bot"`)).toContain('roles need accounts of their own');
});

it.each(['FORGE_TOKEN', 'CI_TOKEN', 'WEBHOOK_SECRET', 'DISINTO_ADMIN_TOKEN', 'FORGE_TOKEN_FILE', 'DISINTO_ADMIN_TOKEN_FILE'])(
  'no session gets %s, which disinto reads a secret from',
  (name) => {
    expect(about(`[session]\nenv = ["CANARY_TOKEN", "${name}"]`)).toBe(
      `d:8: session.env.1: must be no variable that holds a secret of disinto itself: no session and no check may have it, not "${name}"`,
    );
  },
);

it('other tokens are for their owner to hand on', () => {
  expect(about('[session]\nenv = ["CANARY_TOKEN", "MY_FORGE_TOKEN"]')).toBe('');
});

const local = 'url = "http://127.0.0.1:3080"';
it.each([
  ['user and password in the address of the forge', 'url = "https://ada:pa55@forge.test"', '', 'd:2: forge.url: must be without user and password'],
  ['a path below the embedded forge', 'url = "http://127.0.0.1:3080/git"\nembedded = true', '', 'lies at the root of its address; leave /git out'],
  ['TLS of the embedded forge', 'url = "https://127.0.0.1:3080"\nembedded = true', '', 'what we serve ourselves speaks http'],
  [
    'webhooks at the port of the forge',
    `${local}\nembedded = true`,
    '[webhook]\nlisten = "localhost:3080"',
    'webhook.listen: is the address of the embedded forge already',
  ],
  [
    'webhooks at every address',
    `${local}\nembedded = true`,
    '[webhook]\nlisten = "0.0.0.0:3080"',
    'webhook.listen: is the address of the embedded forge already',
  ],
  ['a password of a backend', local, '[backends.b]\nbase-url = "http://ada:pa55@b"\nmodel = "m"', 'backends.b.base-url: must be without user and password'],
])('refuses %s', (_case, forge, more, complaint) => {
  const said = about(more, local, forge);
  expect(said).toContain(complaint);
  expect(said).not.toContain('pa55');
});

it('an address of another host, or of a forge elsewhere, is no clash', () => {
  expect(about('[webhook]\nlisten = "127.0.0.1:3080"')).toBe('');
  expect(about('[webhook]\nlisten = "0.0.0.0:3080"', local, 'url = "http://forge:3080"\nembedded = true')).toBe('');
});

it.each(['../..', './x', 'acme/.', 'acme/..'])('%s is no repository', (name) => {
  expect(about('', 'acme/widgets', name)).toContain('must be `owner/name` as on the forge');
});

it.each(['a..b ~x', '-x', '/x', 'x/', 'x.lock', 'a/.b', '@', 'a b', 'x~1', 'a@{b'])('%s is no branch', (name) => {
  expect(about(`[projects.p]\nrepository = "o/p"\nbranch = "${name}"`)).toContain('must be a name that git takes for a branch');
});

it.each(['main', 'release/1.x', 'feature/ä-1', 'a@b'])('%s is a branch', (name) => {
  expect(about(`[projects.p]\nrepository = "o/p"\nbranch = "${name}"`)).toBe('');
});

it('`__proto__` is an unknown key everywhere, and reaches no prototype', () => {
  const text =
    '__proto__.a = 1\n[__proto__]\nb = 1\n[agents.__proto__]\nc = 1\n[projects.demo.policy]\n__proto__ = { d = 1 }\n[backends.b]\nx = { __proto__.e = 1 }\n';
  const said = problemsOf(minimal + text).join('\n');
  expect(said).toContain('d:7: agents.merger.__proto__: unknown key; there is `enabled`');
  expect(said).toContain('d:8: __proto__: unknown key; there is `instance`');
  expect(said).toContain('d:14: backends.b.model: is missing');
  expect(said).toContain('d:10: agents.__proto__: cannot be a name');
  expect(said).toContain('d:13: projects.demo.policy.__proto__: unknown key');
  expect(['a', 'b', 'c', 'd', 'e'].filter((key) => key in {})).toEqual([]);
});

it('reads a file that begins with a byte order mark', () => {
  expect(problemsOf(`\uFEFF${minimal}`)).toEqual([]);
  expect(problemsOf(`\uFEFF# words\n[forge]\n`)).toContain('d:2: forge.url: is missing (address of the forge, without `/api/v1`)');
});

it.each([
  ['schedule = 5', 'schedule: Write a cron expression or a table with cron, every or once, not 5'],
  ['schedule = { every = "5m", catch_up = "latest" }', 'schedule.catch_up: unknown key; did you mean `catch-up`?'],
  ['schedule = { every = "5m", catch-up = "all" }', 'Write "none", "latest", { all = 5 } (1 to 1000) or { window = "2h" }, not "all"'],
  ['schedule = { every = "5m", catch-up = { all = 3, window = "2h" } }', '{ window = "2h" }, not {"all":3,"window":"2h"}'],
  ['limits.usd-per-day = 0', 'limits.usd-per-day: must be more than 0, not 0'],
  ['limits.usd-per-day = inf', 'must be a finite number, not inf'],
  ['limits.turns = nan', 'must be a finite number, not nan'],
])('%s: says what would be right', (line, complaint) => {
  expect(about(line)).toContain(complaint);
});

it('says one thing about one value', () => {
  expect(about('[projects.p]\nrepository = "o/p"\nbranch = []')).toBe('d:9: projects.p.branch: must be text, not [] (branch that changes go into)');
  expect(about('', '[agents.merger]', `[agents.merger-${'x'.repeat(40)}]`)).toMatch(/^d:5: agents\.merger-x+: the name must be at most 40 characters long$/);
});

it('goes on to the rules between fields, whatever was refused before', () => {
  const said = about('__proto__.a = 1\n[session]\nenv = ["CI_TOKEN"]\n[projects.b]\nrepository = "ACME/widgets"', local, 'url = "http://a:b@forge"');
  expect(said).toContain('projects.b.repository: "ACME/widgets" is the repository of demo as well');
});
