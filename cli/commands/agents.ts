import { loadConfig } from '../../shared/config/load.ts';
import { type Args, CliError, type Command } from '../command.ts';
import { configPath, placeOptions } from '../place.ts';
import { print } from '../print.ts';
import { renderRoster } from '../staff/list/table.ts';
import { lookAtStaff } from '../staff/list/look.ts';
import { roster } from '../staff/list/roster.ts';

export const agentsCommand: Command = {
  name: 'agents',
  usage: 'list [--json] [--config FILE]',
  summary: 'Every agent: its backend, model, role, account, whether it is enabled, runs and is well, and where it is known from.',
  options: { json: { kind: 'flag', summary: 'one JSON array' }, config: placeOptions['config'] ?? { kind: 'text', summary: '' } },
  details: `STATUS: enabled or disabled · running, stopped, paused or unhealthy · its last run. SOURCE: disinto.toml names it; the ledger has
runs of it; secrets/ has its token. Only what disinto.toml names can run.`,
  words: { min: 1, max: 1 },
  run: async (args: Args) => {
    if (args.words[0] !== 'list') throw new CliError(`disinto agents: there is no ${args.words[0] ?? ''}\nCall it as: disinto agents list [--json]`, 2);
    const file = configPath(args);
    const now = new Date();
    const members = roster(lookAtStaff(file, await loadConfig(file), now));
    print(args.flag('json') ? JSON.stringify(members, null, 2) : renderRoster(members, now));
    return 0;
  },
};
