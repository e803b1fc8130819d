import { createInterface } from 'node:readline/promises';
import { type Args, type Command } from '../command.ts';
import { runInit } from '../init/init.ts';
import { needGit } from '../need-git.ts';
import { initOptions, readOptions } from '../init/options.ts';
import { jsonReport, textReport } from '../init/report.ts';

export const initCommand: Command = {
  name: 'init',
  usage: '<FORGE-URL|--embedded> <OWNER/REPO> [--admin-token-file F] [--yes] [--dry-run]',
  summary: 'Points the factory at a repository on a Forgejo or Gitea: accounts, rights, labels, protection, webhook, ops repo, disinto.toml.',
  options: initOptions,
  details:
    'Shows what it will do and asks. Run it as often as you like: it adds what is missing, and changes nothing that others made.\nSecrets are written to secrets/ beside disinto.toml; the admin token is used and kept nowhere.',
  words: { min: 1, max: 2 },
  run: async (args: Args) => {
    const options = readOptions(args);
    needGit();
    const write = (text: string): void => void process.stdout.write(text);
    const report = options.json ? jsonReport(write) : textReport({ write, isTerminal: process.stdout.isTTY === true });
    const canAsk = process.stdin.isTTY === true && process.stdout.isTTY === true && !options.json;
    return runInit(options, { report, signal: signalOfUser(), ask: canAsk ? askUser : null });
  },
};

/** The first Ctrl-C ends the plan after what is being done; a second one kills. */
function signalOfUser(): AbortSignal {
  const asked = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => asked.abort(new Error('stopped as asked')));
  return asked.signal;
}

/** Anything but a yes is a no, also the end of the input and Ctrl-C. */
async function askUser(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const gone = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([terminal.question(question), gone]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
