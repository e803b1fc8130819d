import { spawn } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pi } from '../../shared/session/harness/pi.ts';

export interface BareRun {
  readonly home: string;
  readonly workspace: string;
  readonly prompt: string;
  readonly modelUrl: string;
  readonly key: string;
}

/**
 * pi as a script would run it: plain spawn, no bounds, no containment, no transcript. Same CLI, same flags, same settings file.
 * Resolves with everything it printed.
 */
export function runBareCli(run: BareRun): { readonly done: Promise<string>; kill(): void } {
  const limits = { turns: 60, tokens: 1_000_000, usd: null, wallSeconds: 120, idleSeconds: 60 };
  const env = { PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`, LANG: 'C.UTF-8' };
  const program = pi.locate(env.PATH);
  const prepared = pi.prepare({
    ...run,
    limits,
    env,
    model: 'scripted-1',
    contextTokens: 128_000,
    outputTokens: 8192,
    prices: null,
    conversation: { id: crypto.randomUUID(), resume: false },
    endpoint: { baseUrl: run.modelUrl, api: 'anthropic', key: run.key },
  });
  for (const [name, text] of Object.entries({ ...prepared.files, 'prompt.md': run.prompt })) {
    mkdirSync(dirname(join(run.home, name)), { recursive: true });
    writeFileSync(join(run.home, name), text);
  }
  const child = spawn(program.command, [...program.args, ...prepared.args], {
    cwd: run.workspace,
    env: { ...env, HOME: run.home, ...prepared.env },
    stdio: [openSync(join(run.home, 'prompt.md'), 'r'), 'pipe', 'ignore'],
  });
  const done = new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
  return { done, kill: () => void child.kill('SIGKILL') };
}
