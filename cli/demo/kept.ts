import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Ledger } from '#ledger';
import { openLedger } from '../../shared/ledger/sqlite.ts';
import { CliError } from '../command.ts';
import type { DemoFolder, GivenIssue } from './folder.ts';
import type { DemoLayout } from './places.ts';

const kind = 'demo-seeded';

const Seeded = z.object({
  number: z.number(),
  title: z.string(),
  /** Hash of the body. */
  body: z.string(),
  labels: z.array(z.string()),
  author: z.enum(['maintainer', 'outsider']),
});

/** An issue as the folder gave it, and the number that it got. */
export type SeededIssue = z.infer<typeof Seeded>;

/** What was seeded already, in the order of the file. */
export function readSeeded(ledger: Ledger): readonly SeededIssue[] {
  return ledger.events.list({ kind }).flatMap(({ data }) => Seeded.safeParse(data).data ?? []);
}

export function recordSeeded(ledger: Ledger, at: Date, number: number, issue: GivenIssue): void {
  const data: SeededIssue = { number, title: issue.title, body: hash(issue.body), labels: [...issue.labels], author: issue.author };
  ledger.events.append({ at, kind, subject: null, cause: null, data: { ...data } });
}

/**
 * Throws `CliError` when what is kept is of another folder, or its given issues are not those of the file any more; appended
 * ones are fine. What people changed on the forge is no difference.
 */
export function checkKept(layout: Pick<DemoLayout, 'root' | 'repository' | 'ledger'>, folder: DemoFolder): void {
  const other = otherRepository(layout, folder.name);
  if (other !== null) {
    throw new CliError(`${layout.root} holds a demo of ${other}; keep ${folder.name} in another folder (--keep DIR), or run ${other} again with this one`);
  }
  if (!existsSync(layout.ledger)) return;
  const ledger = openLedger(layout.ledger);
  try {
    const difference = firstDifference(readSeeded(ledger), folder.issues);
    if (difference === null) return;
    throw new CliError(
      `${join(folder.path, 'issues.yaml')} is not what ${layout.root} was started with: ${difference}. Issues may be appended; put the earlier ones back as they were (or change them on the forge), or keep this in another folder (--keep DIR)`,
    );
  } finally {
    ledger.close();
  }
}

function otherRepository(layout: Pick<DemoLayout, 'repository'>, name: string): string | null {
  const owner = join(layout.repository, '..');
  if (!existsSync(owner)) return null;
  const names = readdirSync(owner).flatMap((file) => /^(.+)\.git$/.exec(file)?.[1] ?? []);
  return names.includes(name) ? null : (names[0] ?? null);
}

/** Half a sentence about the first issue that is not as it was seeded. */
export function firstDifference(seeded: readonly SeededIssue[], issues: readonly GivenIssue[]): string | null {
  for (const [at, was] of seeded.entries()) {
    const is = issues[at];
    const name = `issue ${at + 1}${was.number === at + 1 ? '' : ` (#${was.number})`}`;
    if (is === undefined) return `${name}, "${was.title}", is not in it any more`;
    if (is.title !== was.title) return `the title of ${name} was "${was.title}" and is "${is.title}"`;
    if (hash(is.body) !== was.body) return `${name}, "${was.title}", has another body`;
    if (is.author !== was.author) return `the author of ${name}, "${was.title}", was ${was.author} and is ${is.author}`;
    const [before, after] = [was.labels, is.labels].map((list) => [...new Set(list)].toSorted().join(', '));
    if (before !== after) return `the labels of ${name}, "${was.title}", were [${before}] and are [${after}]`;
  }
  return null;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
