import { type Args, CliError, type Command } from '../command.ts';
import { runOnce } from '../instance.ts';
import { configPath, placeOptions } from '../place.ts';

export const runCommand: Command = {
  name: 'run',
  usage: 'AGENT --once [--config FILE]',
  summary: 'One run of one agent of the instance, here and now.',
  options: {
    once: { kind: 'flag', summary: 'a single run (the only way there is; `disinto start` keeps running)' },
    config: placeOptions['config'] ?? { kind: 'text', summary: '' },
  },
  details: 'Exit code 0: idle, acted or waiting; 1: the run failed, or none was started because the agent is paused or works already.',
  words: { min: 1, max: 1 },
  run: async (args: Args) => {
    if (!args.flag('once')) throw new CliError('disinto run needs --once; `disinto start` runs agents on their schedules', 2);
    return runOnce(configPath(args), args.words[0] ?? '');
  },
};
