import { z } from 'zod';
import { scheduleSchema } from '#schedule/parse';
import { ownSecrets } from './secret.ts';

/** Every role there is, and whether its runs hold sessions with a model. */
export const roles = { dev: { sessions: true }, reviewer: { sessions: true }, merger: { sessions: false } } as const;

export type Role = keyof typeof roles;

const roleNames = Object.keys(roles) as [Role, ...Role[]];

/** What a name of an agent, a project or a backend may be. */
export const nameSchema = z
  .string()
  .max(40, 'must be at most 40 characters long')
  .regex(/^[a-z]([a-z0-9]|-[a-z0-9])*$/, 'must be lower-case letters, digits and single hyphens, starting with a letter, such as `dev-2`');
const name = nameSchema;
export const textSchema = z.string().trim().min(1);
const text = textSchema;
export const urlSchema = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
  .refine(isWithoutSecret, 'must be without user and password: a secret has a file of its own, with a key such as token-file or key-file');
const url = urlSchema;
export const apiSchema = z.enum(['anthropic', 'openai-chat', 'openai-responses']);
const gitSecret = z
  .enum(['token', 'password'])
  .default('token')
  .describe('what git shows to the forge: the token, or, where a forge refuses tokens for git, the password of password-file');
const count = z.int().min(0).max(1_000_000);
const positive = z.int().min(1).max(1_000_000_000);
const repository = z.string().regex(/^(?!\.{1,2}\/)[\w.-]+\/(?!\.{1,2}$)[\w.-]+$/, 'must be `owner/name` as on the forge');
const branch = text.refine(isBranch, 'must be a name that git takes for a branch');
const file = text.describe('path of a file, relative to this one');

const ci = z
  .strictObject({
    kind: z
      .enum(['embedded', 'woodpecker', 'forgejo-actions'])
      .optional()
      .describe('what runs the checks: our own command CI (`disinto start` runs it), a Woodpecker, or Forgejo Actions; left out: only statuses are read'),
    contexts: z
      .enum(['workflows', 'protection', 'none'])
      .default('workflows')
      .describe('who names the required checks: the `.woodpecker` workflows of the base branch, the branch protection, or nobody'),
    account: text.optional().describe('login that posts the statuses (`ci`, of Forgejo Actions `forgejo-actions`); the green of anybody else does not count'),
    url: url.optional().describe("base URL of the CI's own API, for logs and re-runs"),
    'token-file': file.optional().describe('file with the forge token of the CI account (embedded), or the API token of the CI (Woodpecker)'),
    'password-file': file.optional().describe('file with the password of the CI account (embedded)'),
    'git-secret': gitSecret,
  })
  .describe('where the check state comes from');

const policy = z
  .strictObject({
    version: text.default('1').describe('version of these rules, written into every merge certificate'),
    outsiders: z
      .enum(['park', 'ignore'])
      .default('park')
      .describe(
        'an open issue of somebody else than a maintainer: park every one with a comment, or ignore it until somebody queues it (then it is parked until a maintainer approves)',
      ),
    'fix-rounds': count.default(3).describe('repairs of red checks, per cause'),
    'review-rounds': count.default(5).describe('answers to change requests, per pull request'),
    'conflict-rounds': count.default(3).describe('conflicts solved by a session, per pull request'),
    'open-pull-requests': positive.default(3).describe('open pull requests of one agent at a time'),
    'max-changed-files': positive.default(60).describe('largest change, in files'),
    'max-changed-lines': positive.default(3000).describe('largest change, in added and deleted lines'),
    'max-file-bytes': positive.default(1_048_576).describe('largest file of a change, in bytes'),
    'protected-paths': z.array(text).default([]).describe('globs of more paths that only change with the approval of a maintainer'),
  })
  .describe('bounds and rules of the core loop');

const project = z
  .strictObject({
    repository: repository.describe('`owner/name` on the forge'),
    branch: branch.default('main').describe('branch that changes go into'),
    maintainers: z.array(text).default([]).describe('logins whose word counts: they approve, un-park, resume'),
    ops: repository.optional().describe('`owner/name` of its ops repo: plans, vault, evidence, knowledge'),
    ci: ci.prefault({}),
    policy: policy.prefault({}),
  })
  .describe('one repository that the factory works on');

const limits = z
  .strictObject({
    turns: positive.default(60).describe('answers of the model per session'),
    tokens: positive.default(2_000_000).describe('tokens per session'),
    usd: z.number().positive().optional().describe('US dollars per session'),
    'usd-per-day': z.number().positive().optional().describe('US dollars per day, over all sessions of the agent'),
    'wall-minutes': z.number().positive().max(10_000).default(120).describe('minutes per session'),
    'idle-seconds': z.number().positive().max(100_000).default(300).describe('seconds without a sign of life until a session counts as hung'),
  })
  .describe('bounds of one session');

const agent = z
  .strictObject({
    enabled: z.boolean().default(true).describe('false: it is known, and does not run'),
    role: z.enum(roleNames).optional().describe('what it does; by default the role that its name begins with'),
    schedule: scheduleSchema.optional().describe('when it runs; by default as its role says'),
    projects: z.array(text).default([]).describe('names of the projects it works on; all when empty'),
    backend: text.optional().describe('name of the backend of its sessions; not needed while there is only one'),
    identity: text.optional().describe('login of its forge account; by default its name'),
    'token-file': file.optional().describe('file with its forge token, readable by nobody else'),
    'password-file': file.optional().describe('file with the password of that account'),
    'git-secret': gitSecret,
    limits: limits.prefault({}),
  })
  .describe('one agent: a role with an account, a schedule and limits');

const price = z.number().min(0);

const backend = z
  .strictObject({
    harness: z.enum(['pi', 'claude']).default('pi').describe('coding-agent CLI'),
    'base-url': url.describe('address of the model API'),
    api: apiSchema.optional().describe('protocol; by default what the harness speaks: openai-chat for pi, anthropic for claude'),
    model: text.describe('name of the model, as the API knows it'),
    'key-file': file.optional().describe('file with the API key, readable by nobody else'),
    'session-keys': z
      .boolean()
      .default(false)
      .describe('true: every session gets a key of its own, which the endpoint looks up in the ledger, as the scripted model does'),
    concurrency: positive.max(1000).default(2).describe('sessions at a time, over all processes'),
    prices: z
      .strictObject({ input: price, output: price, cached: price.default(0) })
      .optional()
      .describe('US dollars per million tokens'),
    'context-tokens': positive.default(128_000).describe('size of the context window'),
    'output-tokens': positive.default(16_384).describe('longest answer'),
  })
  .describe('where inference happens');

const ports = '([1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';
/** Where a server listens. */
export const listenSchema = z
  .string()
  .regex(new RegExp(`^(\\[[0-9a-f:]+\\]|[\\w.-]+):${ports}$`, 'i'), 'must be `host:port` with a port of 1 to 65535, such as 127.0.0.1:8088');
const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable')
  .refine(
    (name) => !ownSecrets.includes(name.replace(/_FILE$/, '')),
    'must be no variable that holds a secret of disinto itself: no session and no check may have it',
  );

/** The shape of `disinto.toml`, with its defaults. What fields mean to each other is in `rules.ts`. */
export const fileSchema = z.strictObject({
  instance: z
    .strictObject({
      name: name.default('disinto').describe('name of this installation'),
      data: text.default('data').describe('folder of ledger, stores, workspaces and transcripts, relative to this file'),
    })
    .prefault({}),
  forge: z.strictObject({
    url: url.describe('address of the forge, without `/api/v1`'),
    embedded: z.boolean().default(false).describe('true: `disinto start` serves the forge itself at this address, from the data folder'),
    'timeout-seconds': z.number().positive().max(3600).default(30).describe('longest wait for one answer'),
  }),
  projects: z.record(name, project).default({}),
  agents: z.record(name, agent).default({}),
  backends: z.record(name, backend).default({}),
  session: z
    .strictObject({ env: z.array(variable).default([]).describe('names of variables of the host that sessions and CI may see, besides PATH and LANG') })
    .prefault({}),
  webhook: z
    .strictObject({
      listen: listenSchema.default('127.0.0.1:8088').describe('`host:port` to receive webhooks of the forge on'),
      'secret-file': file.optional().describe('file with the secret that signs them'),
      url: url.optional().describe('address that the forge posts to, when it is not the one we listen on'),
    })
    .optional(),
});

export type ConfigFile = z.output<typeof fileSchema>;

/** A part of a `disinto.toml`, as plain values with the keys of the file. */
export type ConfigPart = { readonly [key: string]: unknown };

/** An address without user and password; what is no address is for others to say. */
function isWithoutSecret(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const { username, password } = new URL(url);
  return username === '' && password === '';
}

/** What git takes as the name of a branch (`git check-ref-format --branch`). */
function isBranch(name: string): boolean {
  const forbidden = /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|[/.]$/u;
  const parts = name.split('/');
  return !forbidden.test(name) && name !== '@' && parts.every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
}
