import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { goFor } from './go.ts';
import { alone } from './lock.ts';
import { buildFolder, buildIn, cacheFolder, giteaVersion } from './place.ts';

const module = 'code.gitea.io/gitea';

/** That module's own replacements, which Go ignores in a dependency. */
const replacements: Readonly<Record<string, string>> = {
  'github.com/jaytaylor/html2text': 'github.com/Necoro/html2text v0.0.0-20250804200300-7bf1ce1c7347',
  'github.com/nektos/act': 'gitea.com/gitea/act v0.261.10',
  'github.com/urfave/cli/v3': 'github.com/urfave/cli/v3 v3.4.1',
  'go.yaml.in/yaml/v4': 'go.yaml.in/yaml/v4 v4.0.0-rc.3',
  'github.com/Azure/azure-sdk-for-go/sdk/azcore': 'github.com/Azure/azure-sdk-for-go/sdk/azcore v1.19.0',
  'github.com/Azure/azure-sdk-for-go/sdk/storage/azblob': 'github.com/Azure/azure-sdk-for-go/sdk/storage/azblob v1.6.2',
  'github.com/microsoft/go-mssqldb': 'github.com/microsoft/go-mssqldb v1.9.7',
};

/** What Gitea 1.26.0 asks for, and the toolchain that is fetched where the machine has an older one. */
const go = { language: '1.26.2', toolchain: '1.26.2' };

export const isBuilt = async (): Promise<boolean> => (await stat(buildIn(buildFolder()).binary).catch(() => null)) !== null;

/** Builds Gitea unless the cache has it; some four minutes on two cores. Two that ask at once build once. */
export async function ensureBuild(say: (line: string) => void): Promise<void> {
  if (await isBuilt()) return;
  const lock = join(cacheFolder(), 'gitea.lock');
  await alone(
    lock,
    () => say('another process builds Gitea; waiting for it'),
    async () => {
      if (await isBuilt()) return;
      await removeLeftovers();
      // The account that the server runs as passes through here.
      if (process.getuid?.() === 0) await chmod(cacheFolder(), 0o755);
      const aside = `${buildFolder()}.aside`;
      try {
        await build(aside, say);
        await rename(join(aside, 'done'), buildFolder());
      } finally {
        await rm(aside, { recursive: true, force: true });
      }
    },
  );
}

/** Under the lock, what lies aside is of a process that is gone. */
async function removeLeftovers(): Promise<void> {
  const names = await readdir(cacheFolder());
  for (const name of names.filter((each) => each.endsWith('.aside'))) await rm(join(cacheFolder(), name), { recursive: true, force: true });
}

async function build(aside: string, say: (line: string) => void): Promise<void> {
  const done = buildIn(join(aside, 'done'));
  await mkdir(done.assets, { recursive: true });
  const source = join(aside, 'module');
  await mkdir(source, { recursive: true });
  await writeFile(join(source, 'go.mod'), goMod());
  const { command, env } = await goFor(go, say);
  const run = (...args: readonly string[]): Promise<string> => output(command, args, source, env);
  say(`fetching the modules of Gitea ${giteaVersion}`);
  // A module proxy may have a bad moment; what came so far is kept.
  await run('mod', 'tidy').catch(() => run('mod', 'tidy'));
  say(`building Gitea ${giteaVersion}`);
  // Without the flag `/version` says "development".
  await run('build', '-tags', 'sqlite,sqlite_unlock_notify', '-ldflags', `-X main.Version=${giteaVersion}`, '-o', done.binary, module);
  const folder = (await run('list', '-m', '-f', '{{.Dir}}', module)).trim();
  for (const name of ['options', 'templates', 'public']) await cp(join(folder, name), join(done.assets, name), { recursive: true });
  await output('chmod', ['-R', 'u+w,a+rX', join(aside, 'done')], aside, env);
  await output(done.binary, ['--version'], aside, env);
}

function goMod(): string {
  const replace = Object.entries(replacements).map(([from, to]) => `replace ${from} => ${to}\n`);
  return `module gitea-for-tests\n\ngo ${go.language}\n\ntool ${module}\n\nrequire ${module} v${giteaVersion}\n\n${replace.join('')}`;
}

/** What the command prints; its messages are kept for the error. */
function output(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [text, messages] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (messages = (messages + chunk.toString()).slice(-4000)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(text);
      else reject(new Error(`${command} ${args.slice(0, 2).join(' ')} failed (${code}):\n${messages}`));
    });
  });
}
