import { chmod, mkdir, open, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asSha, type Sha } from '#domain/sha';
import { GitError, type Salvage } from '#git';
import { coreConfig, makeGitDir, removeTree } from './command/files.ts';
import { hashOf } from './command/objects.ts';
import { readRef, readRefs } from './command/refs.ts';
import { text, type Run } from './command/run.ts';
import type { Places } from './places.ts';
import { seal, type Site, type SiteRecord } from './site.ts';
import { headOf, mergeHeadOf, snapshot, treeOfCommit, writeCommit } from './snapshot.ts';

export interface SalvageContext {
  readonly run: Run;
  readonly places: Places;
  readonly nonce: () => string;
  readonly now: () => Date;
  /** Commits that are on the forge now, as far as can be known. */
  readonly onForge: () => Promise<readonly Sha[]>;
}

/**
 * Puts whatever of a workspace is not on the forge (commits of all its branches and its stash, and uncommitted changes as one
 * more commit) into a bundle, and proves that the bundle gives it back. Null when there is nothing. Removes nothing.
 */
export async function salvage(context: SalvageContext, site: Site, record: SiteRecord, reason: string): Promise<Salvage | null> {
  const { run, places, nonce } = context;
  await seal(site, places.store, nonce());
  const head = await tipOf(context, site, record, reason);
  const others = await readRefs(join(site.checkout, '.git'), 'refs/');
  const tips = new Map<string, Sha>([['refs/salvage/head', head], ...[...others].map(([ref, sha]) => [ref.replace(/^refs\//, 'refs/salvage/'), sha] as const)]);
  const side = [`--git-dir=${site.side}`];
  const isLeft = async (minus: string): Promise<boolean> =>
    text(await run({ args: [...side, 'rev-list', '--max-count=1', '--stdin'], input: `${[...new Set(tips.values())].join('\n')}\n${minus}` })) !== '';
  const given = [record.base, ...(record.merge === null ? [] : [record.merge])];
  if (!(await isLeft(without(given)))) return null;
  const onForge = await context.onForge();
  const minus = without([...given, ...onForge]);
  if (!(await isLeft(minus)) || (await isPublished(context, site, record, { tips, given, onForge }))) return null;
  await writeRefs(site.side, tips);
  const bundle = join(places.salvage, `${site.run}.bundle`);
  const aside = join(places.scratch, `${site.run}-${nonce()}.bundle`);
  await mkdir(places.scratch, { recursive: true });
  await mkdir(places.salvage, { recursive: true, mode: 0o700 });
  try {
    await run({ args: [...side, 'bundle', 'create', '--quiet', aside, '--stdin'], input: `${[...tips.keys()].join('\n')}\n${minus}`, seconds: 900 });
    await chmod(aside, 0o600);
    await prove(context, aside, head);
    await sync(aside);
    await rename(aside, bundle);
  } finally {
    await removeTree(aside);
  }
  return { run: site.run, bundle, head };
}

/**
 * The branch on the forge has every tree that the workspace's commits have: they were published under other messages. What is
 * not committed has a tree of its own, so it counts as left.
 */
async function isPublished(
  { run, places }: SalvageContext,
  site: Site,
  record: SiteRecord,
  work: { readonly tips: ReadonlyMap<string, Sha>; readonly given: readonly Sha[]; readonly onForge: readonly Sha[] },
): Promise<boolean> {
  const branch = await readRef(places.store, `refs/heads/${record.branch}`);
  if (branch === null || !work.onForge.includes(branch)) return false;
  const trees = async (gitDir: string, tips: Iterable<Sha>): Promise<readonly string[]> => {
    const input = `${[...new Set(tips)].join('\n')}\n${without(work.given)}`;
    const listed = text(await run({ args: [`--git-dir=${gitDir}`, 'log', '--format=%T', '--stdin'], input }));
    return listed === '' ? [] : listed.split('\n');
  };
  const published = new Set(await trees(places.store, [branch]));
  return (await trees(site.side, work.tips.values())).every((tree) => published.has(tree));
}

function without(shas: readonly Sha[]): string {
  return [...new Set(shas)].map((sha) => `^${sha}\n`).join('');
}

/** HEAD, or a commit on it that holds what was not committed. A merge that nobody touched since we began it is not work. */
async function tipOf({ run, nonce, now }: SalvageContext, site: Site, record: SiteRecord, reason: string): Promise<Sha> {
  const { sha } = await headOf(site);
  const tree = await snapshot(run, site, sha, 'files', nonce);
  if (tree === (await treeOfCommit(run, site, sha)) || (tree === record.untouched && sha === record.base)) return sha;
  const merging = await mergeHeadOf(site, record);
  const parents = merging === null ? [sha] : [sha, merging];
  const message = `Keep what run ${site.run} left uncommitted\n\n${reason}`;
  return await writeCommit(site, { tree, parents, message, author: record.author, at: now() }, nonce);
}

async function writeRefs(gitDir: string, refs: ReadonlyMap<string, Sha>): Promise<void> {
  await removeTree(join(gitDir, 'refs', 'salvage'));
  for (const [ref, sha] of refs) {
    await mkdir(dirname(join(gitDir, ref)), { recursive: true });
    await writeFile(join(gitDir, ref), `${sha}\n`);
  }
}

/** `bundle verify` reads the header only; fetching it into an empty repository beside the store shows that the content is whole. */
async function prove({ run, places, nonce }: SalvageContext, bundle: string, head: Sha): Promise<void> {
  const scratch = join(places.scratch, `bundle-${nonce()}`);
  try {
    await makeGitDir(scratch, {
      head: 'ref: refs/heads/none',
      config: coreConfig(await hashOf(places.store), true),
      alternates: [join(places.store, 'objects')],
    });
    const git = [`--git-dir=${scratch}`];
    await run({ args: [...git, 'bundle', 'verify', '--quiet', bundle] });
    await run({ args: [...git, 'fetch', '--quiet', '--no-tags', bundle, '+refs/*:refs/*'], seconds: 900 });
    const found = asSha(text(await run({ args: [...git, 'rev-parse', '--verify', `${head}^{commit}`] })));
    if (found !== head) throw new GitError('corrupt', `the salvage bundle ${bundle} does not hold ${head}`);
  } finally {
    await removeTree(scratch);
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
