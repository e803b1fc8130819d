import { resolve } from 'node:path';
import type { Args, Command } from '../command.ts';
import { configPath } from '../place.ts';
import { fire } from '../staff/fire/fire.ts';
import { hire } from '../staff/hire/hire.ts';
import { adminOptions, hireOptions, readHireRequest } from '../staff/hire/request.ts';

export const hireCommand: Command = {
  name: 'hire',
  usage: 'BACKEND [--role dev] [--name NAME] [--url U] [--model M] [--admin-token-file F] [--yes] [--dry-run]',
  summary: 'One more agent: account, token and rights on the forge, and its tables in disinto.toml.',
  options: hireOptions,
  details: `BACKEND: anthropic, openai, ollama, llama or openai-compatible (the last two with --url), or a [backends.<name>] of disinto.toml. A
merger needs none. What a url serves is asked for, and the model must be there. The same call again goes on where it was cut off,
else hires one more; with --name it changes nothing. \`disinto hire --name NAME\` takes a fired agent back.`,
  words: { min: 0, max: 1 },
  run: (args: Args) => hire(readHireRequest(args)),
};

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
