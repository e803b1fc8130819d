import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isProcessAlive, thisProcess } from '../../shared/ledger/process-identity.ts';
import { CliError } from '../command.ts';

const Identity = z.object({ pid: z.number(), startTicks: z.string(), boot: z.string(), host: z.string() });

/** Keeps two demos from working in one folder. A lock whose process is gone is taken over. Throws `CliError`. */
export function lockFolder(root: string): () => void {
  const file = join(root, 'demo.lock');
  if (existsSync(file)) {
    const holder = readHolder(file);
    if (holder !== null && isProcessAlive(holder)) {
      throw new CliError(`a demo already runs in ${root} (process ${holder.pid}); stop it first, or keep this one in another folder`);
    }
  }
  writeFileSync(file, JSON.stringify(thisProcess()), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

function readHolder(file: string): z.infer<typeof Identity> | null {
  try {
    const parsed = Identity.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
