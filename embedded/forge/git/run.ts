import { spawn, type ChildProcess } from 'node:child_process';

interface GitResult<Out = string> {
  readonly code: number;
  readonly out: Out;
  readonly error: string;
}

interface GitCall {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes besides 0 that are answers, not failures. */
  readonly answers?: readonly number[];
}

export interface Git {
  /** Runs git in a bare repository (or any folder). Throws when the exit code is neither 0 nor one of `answers`. */
  run(folder: string, args: readonly string[], call?: GitCall): Promise<GitResult>;
  /** The same for output that need not be text. */
  read(folder: string, args: readonly string[], call?: GitCall): Promise<GitResult<Buffer>>;
  /** Starts a child that counts as ours: it is killed by `stop`. */
  start(file: string, args: readonly string[], env: Readonly<Record<string, string>>, folder: string): ChildProcess;
  stop(): void;
}

/** What every git child sees: nobody's own configuration, no prompt, and repositories whoever owns them. */
export function gitEnvironment(home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
  };
}

/** Runs at most `limit` short git commands at once; the others wait their turn. */
export function createGit(home: string, limit = 6): Git {
  const base = gitEnvironment(home);
  const children = new Set<ChildProcess>();
  const waiting: (() => void)[] = [];
  let running = 0;
  const start: Git['start'] = (file, args, env, folder) => {
    const child = spawn(file, args, { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] });
    children.add(child);
    child.once('close', () => children.delete(child));
    child.once('error', () => children.delete(child));
    return child;
  };
  const enter = async (): Promise<void> => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  const read: Git['read'] = async (folder, args, call = {}) => {
    await enter();
    try {
      const result = await collect(start('git', args, { ...base, ...call.env }, folder), call.input ?? '');
      if (result.code === 0 || (call.answers ?? []).includes(result.code)) return result;
      throw new Error(`git ${args[0] ?? ''} failed in ${folder} (exit ${result.code}): ${result.error.trim().slice(0, 2000)}`);
    } finally {
      leave();
    }
  };
  return {
    start,
    read,
    run: async (folder, args, call) => {
      const result = await read(folder, args, call);
      return { ...result, out: result.out.toString('utf8') };
    },
    stop: () => {
      for (const child of children) child.kill('SIGTERM');
    },
  };
}

function collect(child: ChildProcess, input: string | Buffer): Promise<GitResult<Buffer>> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    const error: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => error.push(chunk));
    // A child that ends before reading all of its input closes the pipe: its exit code says what happened.
    child.stdin?.on('error', () => {});
    child.once('error', (cause) => reject(new Error('git could not be started: is it installed and on the PATH?', { cause })));
    child.once('close', (code) => {
      resolve({ code: code ?? 128, out: Buffer.concat(out), error: Buffer.concat(error).toString('utf8') });
    });
    child.stdin?.end(input);
  });
}
