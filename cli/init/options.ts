import { resolve } from 'node:path';
import { type Args, CliError, type OptionSpec } from '../command.ts';

export interface InitOptions {
  /** Null: the embedded forge. */
  readonly forgeUrl: string | null;
  /** `owner/name` */
  readonly repository: string;
  /** Absolute path of the disinto.toml. */
  readonly config: string;
  readonly adminTokenFile: string | null;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly instance: string | null;
  readonly project: string | null;
  /** Absolute path or URL of a repository that fills a new one. */
  readonly from: string | null;
  readonly private: boolean;
  readonly maintainer: string | null;
  readonly webhookUrl: string | null;
  readonly listen: string | null;
  readonly backend: BackendOptions;
  /** Logins by agent (`dev`, …, `ci`), where the usual ones are taken. */
  readonly logins: Readonly<Record<string, string>>;
}

export interface BackendOptions {
  readonly url: string | null;
  readonly model: string | null;
  readonly api: string | null;
  readonly keyFile: string | null;
}

const text = (value: string, summary: string): OptionSpec => ({ kind: 'text', value, summary });
const flag = (summary: string): OptionSpec => ({ kind: 'flag', summary });

export const initOptions: Readonly<Record<string, OptionSpec>> = {
  embedded: flag('no forge of your own: `disinto start` serves one from the data folder'),
  'admin-token-file': text('F', 'file with a token of a site admin of the forge (or of an admin of the repository: then accounts are made by hand)'),
  yes: flag('do what the plan says without asking'),
  'dry-run': flag('print the plan and change nothing'),
  config: text('FILE', 'the instance: its disinto.toml (./disinto.toml by default); secrets/ and data/ lie beside it'),
  name: text('INSTANCE', 'name of the instance (disinto)'),
  project: text('PROJECT', 'name of the project (the name of the repository)'),
  from: text('URL|PATH', 'fill a new repository with branches and tags of this one; without it a new one begins with a README'),
  private: flag('a new repository is private'),
  maintainer: text('LOGIN', 'whose word counts: approves, un-parks, resumes (the owner of the admin token)'),
  logins: text('LIST', 'other logins than <agent>-bot, such as dev=acme-dev,ci=acme-ci'),
  listen: text('HOST:PORT', 'where we receive webhooks (port 8088 of the address that the forge sees)'),
  'webhook-url': text('URL', 'address that the forge posts to, when it is not the one we listen on'),
  'backend-url': text('URL', 'address of the model API (of Anthropic)'),
  model: text('NAME', 'name of the model'),
  api: text('API', 'anthropic, openai-chat or openai-responses'),
  'key-file': text('FILE', 'file with the API key'),
  json: flag('one JSON document per event and line'),
};

/** Reads the call. Throws `CliError` (code 2) for what cannot be meant. */
export function readOptions(args: Args): InitOptions {
  const { forgeUrl, repository } = readPlace(args);
  const path = (name: string): string | null => absolute(args.text(name));
  return {
    forgeUrl,
    repository,
    config: resolve(args.text('config') ?? 'disinto.toml'),
    adminTokenFile: path('admin-token-file'),
    yes: args.flag('yes'),
    dryRun: args.flag('dry-run'),
    json: args.flag('json'),
    instance: args.text('name'),
    project: args.text('project'),
    from: readFrom(args.text('from')),
    private: args.flag('private'),
    maintainer: args.text('maintainer'),
    webhookUrl: args.text('webhook-url'),
    listen: args.text('listen'),
    backend: { url: args.text('backend-url'), model: args.text('model'), api: args.text('api'), keyFile: path('key-file') },
    logins: readLogins(args.text('logins')),
  };
}

const absolute = (path: string | null): string | null => (path === null ? null : resolve(path));

/** `http://forge owner/name`, `http://forge/owner/name(.git)`, or `--embedded owner/name`. */
function readPlace(args: Args): { readonly forgeUrl: string | null; readonly repository: string } {
  const [first = '', second] = args.words;
  if (args.flag('embedded')) {
    if (second !== undefined) throw new CliError(`disinto init --embedded takes only the repository, such as \`disinto init --embedded acme/widgets\``, 2);
    return { forgeUrl: null, repository: readRepository(first) };
  }
  const url = readUrl(first);
  if (second !== undefined) return { forgeUrl: url, repository: readRepository(second) };
  const found = /^(https?:\/\/.+?)\/([^/]+)\/([^/]+)$/.exec(url);
  if (found === null) throw new CliError(`disinto init ${first}: say which repository as well, such as \`disinto init ${url} acme/widgets\``, 2);
  return { forgeUrl: found[1] ?? '', repository: readRepository(`${found[2]}/${found[3]}`) };
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CliError(`${text} is not the address of a forge; it begins with http:// or https://, such as https://forge.example`, 2);
  if (url.username !== '' || url.password !== '')
    throw new CliError('the address holds a password or token; leave it out and name its file with --admin-token-file', 2);
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
}

function readRepository(text: string): string {
  const found = /^([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(text);
  if (found === null) throw new CliError(`${text} is not a repository; write it as owner/name, such as acme/widgets`, 2);
  return `${found[1]}/${found[2]}`;
}

const readFrom = (text: string | null): string | null => (text === null || /^([a-z+]+:\/\/|[\w.-]+@[\w.-]+:)/i.test(text) ? text : resolve(text));

function readLogins(list: string | null): Readonly<Record<string, string>> {
  const pairs = (list ?? '').split(',').filter((part) => part !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const found = /^([a-z][a-z0-9-]*)=([\w.-]+)$/.exec(pair.trim());
      if (found === null) throw new CliError(`--logins ${pair}: write agent=login, such as dev=acme-dev`, 2);
      return [found[1] ?? '', found[2] ?? ''];
    }),
  );
}
