import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess } from '#process/contained';
import type { Sight } from '#process';
import type { Step } from '../../../shared/ci/workflow/model.ts';

export interface StepRequest {
  readonly step: Step;
  readonly workspace: string;
  /** Where the script of the step is written; outside the workspace. */
  readonly scriptFile: string;
  readonly env: Readonly<Record<string, string>>;
  readonly wallSeconds: number;
  readonly sight: Sight;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

export interface StepEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly ended: 'wall' | 'aborted' | null;
}

const maxLineBytes = 64 * 1024;

/** Runs all commands of a step in one shell, each shown before it runs; the first that fails ends the step. */
export async function runStep(request: StepRequest): Promise<StepEnd> {
  await writeFile(request.scriptFile, scriptOf(request.step.commands));
  const end = await startProcess({
    command: 'bash',
    args: ['--noprofile', '--norc', request.scriptFile],
    cwd: request.step.directory === null ? request.workspace : join(request.workspace, request.step.directory),
    env: request.env,
    sight: request.sight,
    signal: request.signal,
    wallSeconds: request.wallSeconds,
    maxLineBytes,
    onLine: request.onLine,
  }).done;
  if (end.spawnError !== null) request.onLine(end.spawnError);
  if (end.ended === 'wall') request.onLine(`ended at the time limit of ${request.wallSeconds} s`);
  return { exitCode: end.exitCode, signal: end.signal, ended: end.ended };
}

/** Both streams go one way, so that the log has them in the order they were written. */
function scriptOf(commands: readonly string[]): string {
  return ['exec 2>&1', 'set -e', ...commands.flatMap((command) => [`printf '+ %s\\n' ${quoted(command)}`, command])].join('\n') + '\n';
}

const quoted = (text: string): string => `'${text.trimEnd().replaceAll("'", `'\\''`)}'`;
