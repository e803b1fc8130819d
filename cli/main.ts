import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CliError, type Command, parseCall, renderHelp } from './command.ts';
import { agentsCommand } from './commands/agents.ts';
import { configCommand } from './commands/config.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { modelCommand } from './commands/model.ts';
import { initCommand } from './commands/init.ts';
import { hireAnAgentCommand } from './staff/hire/hire-an-agent.ts';
import { fireCommand, hireCommand } from './commands/hire.ts';
import { pauseCommand, resumeCommand } from './commands/pause.ts';
import { runCommand } from './commands/run.ts';
import { runsCommand } from './commands/runs.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { verifyMergeCommand } from './commands/verify-merge.ts';
import { whyCommand } from './commands/why.ts';
import { explainError } from './explain-error.ts';

const commands: readonly Command[] = [
  demoCommand,
  initCommand,
  startCommand,
  runCommand,
  statusCommand,
  runsCommand,
  whyCommand,
  pauseCommand,
  resumeCommand,
  verifyMergeCommand,
  modelCommand,
  hireCommand,
  agentsCommand,
  fireCommand,
  doctorCommand,
  configCommand,
  hireAnAgentCommand,
];

const leaveMilliseconds = 2000;

/** Runs one command line and sets the exit code. Every failure is one message that says what to do. */
export async function main(argv: readonly string[]): Promise<void> {
  // Whoever reads what we say may stop reading (`| head`): what was begun is done to its end.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  process.exitCode = await dispatch(argv);
  // What hangs on to the process by then (a socket of a dead peer) must not keep it.
  setTimeout(() => process.exit(), leaveMilliseconds).unref();
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') return help(rest[0]);
  if (name === '--version' || name === 'version') return version();
  const command = commands.find((candidate) => candidate.name === name);
  try {
    if (command === undefined) throw new CliError(`disinto: there is no command ${name}\n\n${overview()}`, 2);
    if (rest.includes('--help') || rest.includes('-h')) return help(name);
    return await command.run(parseCall(command, rest));
  } catch (error) {
    const { message, code } = explainError(error);
    process.stderr.write(`${message}\n`);
    return code;
  }
}

function version(): number {
  const { version: number } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));
  process.stdout.write(`disinto ${number}\n`);
  return 0;
}

function help(name: string | undefined): number {
  const command = commands.find((candidate) => candidate.name === name);
  process.stdout.write(command === undefined ? overview() : renderHelp(command));
  return 0;
}

function overview(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const rows = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return [
    'disinto: an autonomous code factory',
    '',
    'Commands:',
    ...rows,
    '',
    '`disinto COMMAND --help` says more; `disinto --version` says which one this is.',
    '',
  ].join('\n');
}
