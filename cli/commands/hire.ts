import type { Args, Command } from '../command.ts';
import { hire } from '../staff/hire/hire.ts';
import { hireOptions, readHireRequest } from '../staff/hire/request.ts';

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
