import type { Args, Command } from '../command.ts';
import { startInstance } from '../instance.ts';
import { configPath, placeOptions } from '../place.ts';

export const startCommand: Command = {
  name: 'start',
  usage: '[AGENT…] [--config FILE]',
  summary: 'Runs the agents of the instance (all without names) on their schedules in this process, until it is stopped.',
  options: { config: placeOptions['config'] ?? { kind: 'text', summary: '' } },
  details: 'SIGTERM lets a step end or salvages it; a second one kills.',
  words: { min: 0, max: 20 },
  run: (args: Args) => startInstance(configPath(args), args.words),
};
