import { type Args, CliError, type Command, parseSeconds } from '../command.ts';
import { runDemo } from '../demo/demo.ts';

export const demoCommand: Command = {
  name: 'demo',
  usage: 'FOLDER [--harness NAME] [--keep DIR] [--for 10m] [--json]',
  summary: 'Works off the issues of a folder, everything included: forge, CI, agents and, with a playbook, the model.',
  options: {
    harness: { kind: 'text', value: 'NAME', summary: 'coding-agent CLI of every session: pi (default) or claude' },
    keep: { kind: 'text', value: 'DIR', summary: 'keep everything there; run again with the same DIR it goes on where it was' },
    for: { kind: 'text', value: '10m', summary: 'stop after this time, whatever is open' },
    json: { kind: 'flag', summary: 'only JSON on standard output, one object a line' },
  },
  details: [
    'FOLDER holds repo/ (plain files) or repo.git/ (a bare repository), issues.yaml (a list of title, body, labels, author),',
    'and, if you like, playbook.yaml (what the scripted model does) and disinto.toml (backend, limits, policy). Without a',
    'playbook the backend of disinto.toml works: your own model on your own repository.',
    '',
    'Exit code 0: every issue is merged, closed or parked with a reason, and nothing is in flight.',
  ].join('\n'),
  words: { min: 1, max: 1 },
  run: (args: Args) => {
    const limit = args.text('for');
    return runDemo({
      folder: args.words[0] ?? '',
      harness: harnessOf(args.text('harness')),
      keep: args.text('keep'),
      forSeconds: limit === null ? null : parseSeconds('for', limit),
      json: args.flag('json'),
    });
  },
};

function harnessOf(name: string | null): 'pi' | 'claude' | null {
  if (name === null || name === 'pi' || name === 'claude') return name;
  throw new CliError(`--harness ${name}: there is pi and claude`, 2);
}
