import { loadConfig } from '../../shared/config/load.ts';
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
    return 0;
  },
};
