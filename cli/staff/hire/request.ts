import { resolve } from 'node:path';
import { type Args, CliError, type OptionSpec } from '../../command.ts';
import { configPath } from '../../place.ts';
import { checkName, roleNamed } from './name.ts';
import type { Role } from '../../../shared/config/schema.ts';

export interface HireRequest {
  /** Absolute path of the disinto.toml. */
  readonly file: string;
  /** A kind of backend or the name of a table; null: none was said. */
  readonly backend: string | null;
  readonly role: Role | null;
  readonly name: string | null;
  readonly login: string | null;
  readonly url: string | null;
  readonly model: string | null;
  readonly harness: 'pi' | 'claude' | null;
  readonly keyFile: string | null;
  readonly adminTokenFile: string | null;
  /** Names of projects; empty: all. */
  readonly projects: readonly string[];
  readonly yes: boolean;
  readonly dryRun: boolean;
}

const text = (value: string, summary: string): OptionSpec => ({ kind: 'text', value, summary });

export const adminOptions: Readonly<Record<string, OptionSpec>> = {
  'admin-token-file': text('F', 'file with a token of a site admin of the forge (secrets/admin.token by default, which an embedded forge has)'),
  yes: { kind: 'flag', summary: 'do what the plan says without asking' },
  'dry-run': { kind: 'flag', summary: 'print the plan and change nothing' },
  config: text('FILE', 'the instance: its disinto.toml (./disinto.toml by default)'),
};

export const hireOptions: Readonly<Record<string, OptionSpec>> = {
  role: text('ROLE', 'what it does: dev, reviewer or merger (dev)'),
  name: text('NAME', 'its name (made from role and model, such as dev-opus-1); that of a fired agent takes it back'),
  login: text('LOGIN', 'login of its account, where <name>-bot is taken by somebody else'),
  url: text('URL', 'where the model is served, such as http://127.0.0.1:8080/v1'),
  model: text('NAME', 'the model, as the server calls it; needed where the server has several'),
  harness: text('CLI', 'the coding-agent CLI: pi or claude (as is usual for the backend)'),
  'key-file': text('F', 'file with the API key'),
  projects: text('LIST', 'names of the projects it works on, such as a,b (all)'),
  ...adminOptions,
};

/** Throws `CliError` (code 2) for what cannot be meant. */
export function readHireRequest(args: Args): HireRequest {
  const path = (name: string): string | null => absolute(args.text(name));
  const role = args.text('role');
  const name = args.text('name');
  return {
    file: configPath(args),
    backend: args.words[0] ?? null,
    role: role === null ? null : roleNamed(role),
    name: name === null ? null : checkName(name),
    login: args.text('login'),
    url: readUrl(args.text('url')),
    model: args.text('model'),
    harness: readHarness(args.text('harness')),
    keyFile: path('key-file'),
    adminTokenFile: path('admin-token-file'),
    projects: (args.text('projects') ?? '').split(',').flatMap((part) => part.trim() || []),
    yes: args.flag('yes'),
    dryRun: args.flag('dry-run'),
  };
}

const absolute = (path: string | null): string | null => (path === null ? null : resolve(path));

function readUrl(url: string | null): string | null {
  if (url === null) return null;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new CliError(`--url ${url}: write an http:// or https:// address`, 2);
  const { username, password } = new URL(url);
  if (username !== '' || password !== '') throw new CliError('--url holds a password; leave it out and name the file of the key with --key-file', 2);
  return url.replace(/\/+$/, '');
}

function readHarness(word: string | null): 'pi' | 'claude' | null {
  if (word === null || word === 'pi' || word === 'claude') return word;
  throw new CliError(`--harness ${word}: there is pi and claude`, 2);
}
