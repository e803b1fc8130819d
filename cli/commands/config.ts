import { type Config, ConfigError } from '#config';
import { loadConfig } from '../../shared/config/load.ts';
import { readSecretFile } from '../../shared/config/secret.ts';
import { type Args, CliError, type Command } from '../command.ts';
import { configPath, placeOptions } from '../place.ts';
import { print } from '../print.ts';

export const configCommand: Command = {
  name: 'config',
  usage: 'check [--config FILE]',
  summary: 'Checks disinto.toml: every problem at once, with its line and what would be right.',
  options: { config: placeOptions['config'] ?? { kind: 'text', summary: '' } },
  words: { min: 1, max: 1 },
  run: async (args: Args) => {
    if (args.words[0] !== 'check') throw new CliError(`disinto config ${args.words[0]}: there is only \`disinto config check\``, 2);
    const path = configPath(args);
    const config = await loadConfig(path);
    print(
      `${path} is fine: ${Object.keys(config.projects).length} project(s), ${Object.keys(config.agents).length} agent(s), ${Object.keys(config.backends).length} backend(s)`,
    );
    const notes = secretNotes(config);
    for (const note of notes) print(`note: ${note}`);
    if (notes.length > 0) print('`disinto start` would refuse these. `disinto init` makes the tokens of accounts; the keys of models come from you.');
    return 0;
  },
};

/**
 * What `disinto start` would refuse about the files that hold secrets. Only notes: a config may be checked where its secrets are not.
 * A file is said once, however many use it.
 */
function secretNotes({ agents, projects, backends, webhook }: Config): readonly string[] {
  const working = Object.values(agents).filter((agent) => agent.enabled);
  const files = [
    ...working.map((agent) => agent.tokenFile),
    ...working.flatMap((agent) => (agent.gitSecret === 'password' ? [agent.passwordFile] : [])),
    ...working.map((agent) => (agent.backend === null ? null : (backends[agent.backend]?.keyFile ?? null))),
    ...Object.values(projects).map(({ ci }) => ci.tokenFile),
    webhook?.secretFile ?? null,
  ];
  return [...new Set(files)].flatMap((file) => (file === null ? [] : secretTrouble(file)));
}

function secretTrouble(file: string): readonly string[] {
  try {
    readSecretFile(file);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return [error.message];
    throw error;
  }
}
