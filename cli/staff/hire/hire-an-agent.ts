import { type Args, CliError, type Command, type OptionSpec } from '../../command.ts';
import { configPath } from '../../place.ts';
import { type Role, roles } from '../../../shared/config/schema.ts';
import { hire } from './hire.ts';
import { roleNamed } from './name.ts';
import { hireOptions, readHireRequest } from './request.ts';
import { readConfigText } from '../hand.ts';

const old: Readonly<Record<string, OptionSpec>> = {
  'local-model': { kind: 'text', value: 'URL', summary: 'now: disinto hire llama --url URL' },
  model: { kind: 'text', value: 'NAME', summary: 'the model, as the server calls it' },
};

/** The spelling of earlier versions: scripts that call it go on working, and say what to write instead. */
export const hireAnAgentCommand: Command = {
  name: 'hire-an-agent',
  usage: 'NAME ROLE [--local-model URL] [--model M] [--admin-token-file F] [--yes] [--dry-run]',
  summary: 'Deprecated: `disinto hire` asks for the backend first and makes up the name.',
  options: { ...old, ...pick(['admin-token-file', 'yes', 'dry-run', 'config']) },
  words: { min: 2, max: 2 },
  run: (args: Args) => {
    const [name = '', word = ''] = args.words;
    const role = roleNamed(word);
    const translated = { ...args, words: backendOf(args, role), text: (key: string) => translate(args, key, { name, role }) };
    const said = ['disinto hire', ...translated.words, `--role ${role}`, `--name ${name}`, ...['url', 'model'].flatMap((key) => spelled(translated, key))];
    process.stderr.write(`disinto hire-an-agent is deprecated; write: ${said.join(' ')}\n`);
    return hire(readHireRequest(translated));
  },
};

function pick(names: readonly string[]): Readonly<Record<string, OptionSpec>> {
  return Object.fromEntries(Object.entries(hireOptions).filter(([name]) => names.includes(name)));
}

function translate(args: Args, key: string, { name, role }: { readonly name: string; readonly role: string }): string | null {
  if (key === 'name') return name;
  if (key === 'role') return role;
  return args.text(key === 'url' ? 'local-model' : key);
}

const spelled = (args: Args, key: string): readonly string[] => {
  const value = args.text(key);
  return value === null ? [] : [`--${key} ${value}`];
};

/** A url stood for a model of one's own, its lack for the one backend that there was. */
function backendOf(args: Args, role: Role): readonly string[] {
  if (!roles[role].sessions) return [];
  if (args.text('local-model') !== null) return ['llama'];
  const backends = Object.keys(readConfigText(configPath(args)).config.backends);
  const [only, ...others] = backends;
  if (only === undefined) return ['anthropic'];
  if (others.length === 0) return [only];
  throw new CliError(
    `disinto hire-an-agent is deprecated, and there are several backends; write: disinto hire ${backends.join('|')} --role ${role} --name ${args.words[0] ?? ''}`,
    2,
  );
}
