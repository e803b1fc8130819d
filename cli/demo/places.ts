import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DemoFolder } from './folder.ts';

/** Where everything of one demo lies. */
export interface DemoLayout {
  readonly root: string;
  readonly forge: string;
  readonly repository: string;
  readonly ledger: string;
  readonly ci: string;
  readonly log: string;
  /** Removes it all, when nobody asked to keep it. */
  discard(): void;
}

/** `--keep DIR`, or a folder of our own that goes when the demo ends. */
export function demoLayout(folder: DemoFolder, keep: string | null): DemoLayout {
  const root = keep === null ? mkdtempSync(join(tmpdir(), 'disinto-demo-')) : resolve(keep);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  return {
    root,
    forge: join(root, 'forge'),
    repository: join(root, 'forge', 'demo', `${folder.name}.git`),
    ledger: join(root, 'ledger.sqlite'),
    ci: join(root, 'ci'),
    log: join(root, 'demo.log'),
    discard: () => {
      if (keep === null) rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
