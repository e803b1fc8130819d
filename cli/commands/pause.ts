import type { Config } from '#config';
import type { Ledger } from '#ledger';
import { hint } from '../../shared/config/suggest.ts';
import { type Args, CliError, type Command } from '../command.ts';
import { atPlace, placeOptions } from '../place.ts';
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
    withAgent(args, ({ ledger, agent }) => {
      ledger.switches.pause(agent, args.text('reason') ?? 'paused by a person', new Date());
      return `${agent === everyone ? 'every agent' : agent} is paused; resume with: disinto resume${agent === everyone ? '' : ` ${agent}`}`;
    }),
};

export const resumeCommand: Command = {
  name: 'resume',
  usage: '[AGENT] [--config FILE | --keep DIR]',
  summary: 'Takes the pause of an agent (of all agents without a name) back.',
  options: placeOptions,
  details: 'An agent that was fired stays away: disinto hire --name AGENT takes it back.',
  words: { min: 0, max: 1 },
  run: (args: Args) => withAgent(args, resume),
};

interface Asked {
  readonly ledger: Ledger;
  readonly config: Config | null;
  readonly agent: string;
}

function resume({ ledger, config, agent }: Asked): string {
  const fired = Object.values(config?.agents ?? {}).filter((each) => !each.enabled);
  if (fired.some((each) => each.name === agent))
    throw new CliError(`${agent} has enabled = false in disinto.toml; take it back with: disinto hire --name ${agent}`);
  ledger.switches.resume(
    agent,
    fired.map((each) => each.name),
  );
  if (agent === everyone) return 'every agent may run again';
  return ledger.switches.paused(agent) === null ? `${agent} may run again` : `${agent} is still paused, as every agent is; resume all with: disinto resume`;
}

async function withAgent(args: Args, act: (asked: Asked) => string): Promise<number> {
  await atPlace(args, ({ config, ledger }) => {
    const agent = args.words[0] ?? everyone;
    const known = config === null ? agentsThatRan(ledger) : Object.keys(config.agents);
    if (agent !== everyone && !known.includes(agent)) throw new CliError(`there is no agent ${agent}; ${hint(agent, known)}`);
    print(act({ ledger, config, agent }));
  });
  return 0;
}

const agentsThatRan = (ledger: Ledger): readonly string[] => [...new Set(ledger.runs.list({ since: new Date(0) }).map((run) => run.agent))];
