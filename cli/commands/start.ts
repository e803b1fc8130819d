import { type Args, CliError, type Command } from '../command.ts';
import { configPath, placeOptions } from '../place.ts';
import { startInstance } from '../start/instance.ts';
import { parseParts } from '../start/parts.ts';

export const startCommand: Command = {
  name: 'start',
  usage: '[AGENT…] [--only PARTS] [--config FILE]',
  summary: 'Runs the instance in this process until it is stopped: agents on their schedules, embedded CI, embedded forge.',
  options: {
    only: { kind: 'text', value: 'PARTS', summary: 'some of agents, ci, forge, such as `--only ci,forge` (all that disinto.toml has by default)' },
    config: placeOptions['config'] ?? { kind: 'text', summary: '' },
  },
  details: 'Without names all enabled agents run. SIGTERM lets a step end or salvages it; a second one kills.',
  words: { min: 0, max: 20 },
  run: async (args: Args) => {
    const only = parseParts(args.text('only'));
    if (args.words.length > 0 && !only.has('agents')) throw new CliError('disinto start: agents are named, but --only leaves agents out', 2);
    return startInstance({ config: configPath(args), agents: args.words, only });
  },
};
