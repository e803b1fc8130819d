import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadPlaybook } from '../../embedded/model/playbook.ts';
import { startModelServer } from '../../embedded/model/server.ts';
import { systemChance } from '../../shared/clock/system.ts';
import { loadConfig } from '../../shared/config/load.ts';
import { openLedger } from '../../shared/ledger/sqlite.ts';
import { type Args, CliError, type Command } from '../command.ts';
import { configPath, placeOptions } from '../place.ts';
import { print } from '../print.ts';
import { untilSignal } from '../signal.ts';

export const modelCommand: Command = {
  name: 'model',
  usage: 'PLAYBOOK [--listen HOST:PORT] [--config FILE]',
  summary: 'Serves the scripted model to the sessions of an instance: a rehearsal on a real forge that costs nothing.',
  options: {
    listen: { kind: 'text', value: 'HOST:PORT', summary: 'where to listen (127.0.0.1:4010)' },
    config: placeOptions['config'] ?? { kind: 'text', summary: '' },
  },
  details: [
    'In disinto.toml:',
    '',
    '  [backends.scripted]',
    '  harness = "pi"',
    '  base-url = "http://127.0.0.1:4010"',
    '  api = "anthropic"',
    '  model = "scripted-1"',
    '  session-keys = true',
    '',
    'Each session has a key of its own; the ledger of the instance says which agent, task, issue and round it stands for.',
    'examples/README.md explains playbooks.',
  ].join('\n'),
  words: { min: 1, max: 1 },
  run: serve,
};

async function serve(args: Args): Promise<number> {
  const [file = ''] = args.words;
  const found = /^(\[[0-9a-f:]+\]|[\w.-]+):(\d{1,5})$/i.exec(args.text('listen') ?? '127.0.0.1:4010');
  if (found === null) throw new CliError(`--listen ${args.text('listen')}: write it as host:port, such as 127.0.0.1:4010`, 2);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CliError(`cannot read the playbook ${file}: ${error instanceof Error ? error.message : String(error)}`, 1, error);
  });
  const playbook = loadPlaybook(text, file);
  const { instance } = await loadConfig(configPath(args));
  await mkdir(instance.data, { recursive: true, mode: 0o700 });
  const ledger = openLedger(join(instance.data, 'ledger.sqlite'));
  try {
    const host = (found[1] ?? '').replace(/^\[|\]$/g, '');
    const server = await startModelServer({ playbook, sessions: ledger.sessions, chance: systemChance, host, port: Number(found[2]) });
    print(`the scripted model answers at ${server.url} (${playbook.entries.length} entries); Ctrl-C ends it`);
    await untilSignal();
    await server.close();
    return 0;
  } finally {
    ledger.close();
  }
}
