import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sha } from '#domain/sha';
import { occasionOf, selectWorkflows } from '../../shared/ci/workflow/select.ts';
import { parseWorkflows } from '../../shared/ci/workflow/parse.ts';
import { startProcess } from '../../shared/process/contained.ts';
import type { ProcessRequest } from '../../shared/process/process.ts';
import { processEnvironment, visibleEnvironment } from '../../shared/config/environment.ts';
import { hiddenOf } from '../../shared/config/secret.ts';
import type { Factory } from './factory.ts';
import type { DemoLayout } from './places.ts';

const wallSeconds = 300;

/**
 * Runs what the repository's own workflows run on a push, on a fresh checkout of the merged branch. True or false as they
 * end; null when the repository has no workflow.
 */
export async function runOwnTests(layout: DemoLayout, factory: Factory, main: Sha, say: (line: string) => void): Promise<boolean | null> {
  const { git, project, config } = factory;
  const paths = await git.listFiles(main, '');
  const files: { path: string; text: string }[] = [];
  for (const path of paths.filter((p) => /^\.woodpecker(?:\.ya?ml$|\/)/.test(p)))
    files.push({ path, text: (await git.readFile(main, path))?.toString('utf8') ?? '' });
  const workflows = selectWorkflows(parseWorkflows(files), occasionOf({ kind: 'branch', branch: project.branch }, { changedPaths: null, message: null }));
  if (workflows.length === 0) return null;
  const root = mkdtempSync(join(tmpdir(), 'disinto-tests-'));
  const env: Record<string, string> = { ...visibleEnvironment(config.session.env, processEnvironment()), HOME: root };
  const path = `${process.execPath.replace(/\/node$/, '')}:${env['PATH'] ?? '/usr/bin:/bin'}`;
  const sight = { hidden: hiddenOf(config, processEnvironment()), writable: [], readable: [] };
  const run = async (
    command: string,
    args: readonly string[],
    cwd: string,
    more: Pick<ProcessRequest, 'sight'> & { readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<boolean> =>
    (
      await startProcess({
        command,
        args,
        cwd,
        ...more,
        env: { ...env, CI: 'true', ...more.env, PATH: path },
        wallSeconds,
        onLine: (text) => say(`    ${factory.mask(text)}`),
      }).done
    ).exitCode === 0;
  try {
    const checkout = join(root, 'main');
    if (!(await run('git', ['clone', '--quiet', layout.repository, checkout], root))) return false;
    for (const workflow of workflows) {
      say(`The tests of the merged ${project.branch}: ${workflow.name}`);
      if (workflow.kind === 'broken') return false;
      for (const step of workflow.steps) {
        const script = ['set -e', ...step.commands].join('\n');
        if (!(await run('bash', ['-c', script], join(checkout, step.directory ?? '.'), { sight, env: step.environment })) && step.failure === 'fail')
          return false;
      }
    }
    return true;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
