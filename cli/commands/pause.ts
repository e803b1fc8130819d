import type { Args, Command } from '../command.ts';
import { openExistingLedger, placeOptions } from '../place.ts';
import { print } from '../print.ts';

/** `*` stands for every agent. */
const everyone = '*';

export const pauseCommand: Command = {
  name: 'pause',
  usage: '[AGENT] [--reason TEXT] [--config FILE | --keep DIR]',
  summary: 'Lets no new run of an agent start (of all agents without a name); what runs may end.',
  options: { reason: { kind: 'text', value: 'TEXT', summary: 'why, shown in status' }, ...placeOptions },
  words: { min: 0, max: 1 },
  run: (args: Args) =>
    withLedger(args, (switches, agent) => {
      switches.pause(agent, args.text('reason') ?? 'paused by a person', new Date());
      return `${agent === everyone ? 'every agent' : agent} is paused; resume with: disinto resume${agent === everyone ? '' : ` ${agent}`}`;
    }),
};

export const resumeCommand: Command = {
  name: 'resume',
  usage: '[AGENT] [--config FILE | --keep DIR]',
  summary: 'Takes the pause of an agent (of all agents without a name) back.',
  options: placeOptions,
  words: { min: 0, max: 1 },
  run: (args: Args) =>
    withLedger(args, (switches, agent) => {
      switches.resume(agent);
      return `${agent === everyone ? 'every agent' : agent} may run again`;
    }),
};

type Switches = Awaited<ReturnType<typeof openExistingLedger>>['switches'];

async function withLedger(args: Args, act: (switches: Switches, agent: string) => string): Promise<number> {
  const ledger = await openExistingLedger(args);
  try {
    print(act(ledger.switches, args.words[0] ?? everyone));
    return 0;
  } finally {
    ledger.close();
  }
}
