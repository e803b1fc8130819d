import { resolve } from 'node:path';
import type { z } from 'zod';
import { apiSchema, listenSchema, nameSchema, textSchema, urlSchema } from '../../shared/config/schema.ts';
import { type Args, CliError, type OptionSpec } from '../command.ts';
import { wantedConfig } from '../place.ts';
import { readPlace } from './call/place.ts';

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
  config: text('FILE', 'the instance: its disinto.toml (DISINTO_CONFIG, or ./disinto.toml by default); secrets/ and data/ lie beside it'),
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
  const text = (name: string, schema: z.ZodType<string> = textSchema): string | null => checked(name, args.text(name), schema);
  if (forgeUrl === null && args.text('admin-token-file') !== null)
    throw new CliError('--embedded makes its own administrator, with the token in secrets/admin.token: leave --admin-token-file out', 2);
  return {
    forgeUrl,
    repository,
    config: wantedConfig(args),
    adminTokenFile: path('admin-token-file'),
    yes: args.flag('yes'),
    dryRun: args.flag('dry-run'),
    json: args.flag('json'),
    instance: text('name', nameSchema),
    project: text('project', nameSchema),
    from: readFrom(args.text('from')),
    private: args.flag('private'),
    maintainer: text('maintainer'),
    webhookUrl: text('webhook-url', urlSchema),
    listen: text('listen', listenSchema),
    backend: { url: text('backend-url', urlSchema), model: text('model'), api: text('api', apiSchema), keyFile: path('key-file') },
    logins: readLogins(args.text('logins')),
  };
}

/** What is written into the disinto.toml is judged as there. */
function checked(option: string, value: string | null, schema: z.ZodType<string>): string | null {
  const problem = value === null ? undefined : schema.safeParse(value).error?.issues[0]?.message;
  if (problem !== undefined) throw new CliError(`--${option} ${value}: ${problem}`, 2);
  return value;
}

const absolute = (path: string | null): string | null => (path === null ? null : resolve(path));

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
