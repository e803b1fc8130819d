import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './run.ts';

export interface FileWrite {
  readonly path: string;
  /** Null: the file goes. */
  readonly content: Buffer | null;
}

export interface WritePlan {
  /** The commit to build on; null: the first one. */
  readonly parent: string | null;
  readonly writes: readonly FileWrite[];
  readonly message: string;
  readonly person: { readonly name: string; readonly email: string };
  /** Seconds since 1970. */
  readonly at: number;
  /** A name nobody else uses, for an index file. */
  readonly scratch: string;
}

/** Makes a commit with these files, without touching a ref. Answers its name. */
export async function commitFiles(git: Git, folder: string, plan: WritePlan): Promise<string> {
  const index = join(folder, `${plan.scratch}.index`);
  const env = { GIT_INDEX_FILE: index };
  try {
    await git.run(folder, ['read-tree', ...(plan.parent === null ? ['--empty'] : [plan.parent])], { env });
    const lines: string[] = [];
    for (const { path, content } of plan.writes) {
      const blob = content === null ? '0'.repeat(40) : (await git.run(folder, ['hash-object', '-w', '--stdin'], { input: content })).out.trim();
      lines.push(`${content === null ? '0' : '100644'} ${blob}\t${path}\0`);
    }
    await git.run(folder, ['update-index', '-z', '--index-info'], { env, input: lines.join('') });
    const tree = (await git.run(folder, ['write-tree'], { env })).out.trim();
    const parents = plan.parent === null ? [] : ['-p', plan.parent];
    const { out } = await git.run(folder, ['commit-tree', tree, ...parents, '-m', plan.message], { env: identity(plan) });
    return out.trim();
  } finally {
    await rm(index, { force: true });
  }
}

const identity = ({ person, at }: WritePlan): Record<string, string> => ({
  GIT_AUTHOR_NAME: person.name,
  GIT_AUTHOR_EMAIL: person.email,
  GIT_AUTHOR_DATE: `${at} +0000`,
  GIT_COMMITTER_NAME: person.name,
  GIT_COMMITTER_EMAIL: person.email,
  GIT_COMMITTER_DATE: `${at} +0000`,
});
