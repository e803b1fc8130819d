import { resolve } from 'node:path';
import type { Args, Command } from '../command.ts';
import { configPath } from '../place.ts';
import { fire } from '../staff/fire/fire.ts';
import { adminOptions } from '../staff/hire/request.ts';

export const fireCommand: Command = {
  name: 'fire',
  usage: 'NAME [--admin-token-file F] [--yes] [--dry-run]',
  summary: 'Disables an agent and takes its tokens and rights on the forge back; its table, account and history stay.',
  options: adminOptions,
  details: `What it holds is said: its claims end with their leases, and another agent of its role goes on. The last enabled agent of a role
is fired only with --yes. \`disinto hire --name NAME\` takes it back, with a new token.`,
  words: { min: 1, max: 1 },
  run: (args: Args) => {
    const token = args.text('admin-token-file');
    return fire({
      file: configPath(args),
      name: args.words[0] ?? '',
      adminTokenFile: token === null ? null : resolve(token),
      yes: args.flag('yes'),
      dryRun: args.flag('dry-run'),
    });
  },
};
