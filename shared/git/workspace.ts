import { join } from 'node:path';
import type { Chance, Clock } from '#clock';
import { GitError, type Objects, type Workspace } from '#git';
import { fileFailure } from './command/failure.ts';
import type { Run } from './command/run.ts';
import { createObjects } from './history.ts';
import type { Places } from './places.ts';
import { isOurs, seal, type Site, type SiteRecord } from './site.ts';
import { groundOf, headOf, listDirty, moveHead, snapshot, treeOfCommit, writeCommit } from './snapshot.ts';

export interface WorkspaceContext {
  readonly run: Run;
  readonly places: Places;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** The workspace of a run, over a checkout that may hold anything. Every operation first makes sure of what it looks at. */
export function createWorkspace(context: WorkspaceContext, site: Site, record: SiteRecord): Workspace {
  const { run, places, clock, chance } = context;
  const nonce = (): string => chance.secret(8);
  const safely = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    try {
      if (!(await isOurs(site, record))) throw new GitError('corrupt', `the workspace of run ${site.run} is gone`);
      await seal(site, places.store, nonce());
      return await act();
    } catch (error) {
      throw fileFailure(what, error);
    }
  };

  return {
    run: record.run,
    path: site.checkout,
    borrows: join(places.store, 'objects'),
    branch: record.branch,
    base: record.base,
    objects: sealed(createObjects(run, site.side), safely),
    head: async () => await safely('reading a workspace', async () => (await headOf(site)).sha),
    dirty: async () => await safely('reading a workspace', async () => await listDirty(run, site)),
    commitAll: async (message) =>
      await safely('committing in a workspace', async () => {
        const { ref, parents, isRewritten } = await groundOf(run, site, record);
        const [onto] = parents;
        const tree = await snapshot(run, site, onto);
        const isNothing = parents.length === 1 && tree === (await treeOfCommit(run, site, onto));
        if (isNothing && !isRewritten) return null;
        const commit = isNothing ? onto : await writeCommit(site, { tree, parents, message, author: record.author, at: clock.now() }, nonce);
        await moveHead(site, record, ref, commit, nonce);
        return isNothing ? null : commit;
      }),
    publishToStore: async () =>
      await safely('publishing a workspace', async () => {
        const { sha } = await headOf(site);
        await takeObjects(context, site, sha);
        return sha;
      }),
  };
}

/** Copies a commit and what it needs into the store; git checks the objects and that none is missing. */
async function takeObjects({ run, places }: WorkspaceContext, site: Site, sha: string): Promise<void> {
  const checks = ['-c', 'fetch.fsckObjects=true'];
  await run({
    args: [`--git-dir=${places.store}`, ...checks, 'fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', site.side, sha],
    seconds: 600,
  });
}

function sealed(objects: Objects, safely: <T>(what: string, act: () => Promise<T>) => Promise<T>): Objects {
  const what = 'reading a workspace';
  return {
    readCommit: async (...args) => await safely(what, async () => await objects.readCommit(...args)),
    listCommits: async (...args) => await safely(what, async () => await objects.listCommits(...args)),
    listChangedFiles: async (...args) => await safely(what, async () => await objects.listChangedFiles(...args)),
    readFile: async (...args) => await safely(what, async () => await objects.readFile(...args)),
    diff: async (...args) => await safely(what, async () => await objects.diff(...args)),
    mergeBase: async (...args) => await safely(what, async () => await objects.mergeBase(...args)),
  };
}
