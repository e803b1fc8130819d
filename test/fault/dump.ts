import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { startEmbeddedForge } from '../../embedded/forge/server.ts';
import { systemChance, systemClock } from '../../shared/clock/system.ts';
import { createForge } from '../../shared/forge/forgejo.ts';
import type { Forge } from '../../shared/forge/forge.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Finished } from './demo.ts';

/** What stands on a forge in the end, by issue and branch, without numbers, ids, times, shas and runs. */
export interface Dump {
  readonly issues: Readonly<Record<string, Entry>>;
  readonly pulls: Readonly<Record<string, readonly PullEntry[]>>;
  readonly refs: readonly string[];
  readonly mainTree: string;
  readonly mergesOnMain: number;
  readonly notedMerges: number;
  /** Titles of issues with a comment about salvaged work: a kill may leave work that no other run has. */
  readonly salvaged: readonly string[];
}

interface Entry {
  readonly state: string;
  readonly author: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  readonly comments: readonly string[];
}

interface PullEntry extends Entry {
  readonly reviews: readonly string[];
}

const silent: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, child: () => silent };

/** Reads everything from the kept folder, through the forge's own API. */
export async function dumpForge(keep: string, { repository, main }: Finished): Promise<Dump> {
  const server = await startEmbeddedForge({ directory: join(keep, 'forge'), clock: systemClock, chance: systemChance });
  try {
    const token = server.seed.createToken('maintainer', 'dump');
    const forge = createForge({
      url: server.url,
      repository: 'demo/kill',
      token: () => token,
      timeoutSeconds: 30,
      clock: systemClock,
      chance: systemChance,
      log: silent,
    });
    const names = await readNames(forge);
    const clean = (value: string): string => normalise(value, names);
    const git = (...args: string[]): string => execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' }).trim();
    return {
      ...(await readItems(forge, clean)),
      refs: git('for-each-ref', '--format=%(refname)')
        .split('\n')
        .map((ref) => clean(ref.replace(/^refs\/pull\/(\d+)/, 'refs/pull/#$1')))
        .toSorted(),
      mainTree: git('rev-parse', `${main}^{tree}`),
      mergesOnMain: Number(git('rev-list', '--count', '--merges', '--first-parent', main)),
      notedMerges: git('notes', '--ref=disinto', 'list')
        .split('\n')
        .filter((line) => line !== '').length,
    };
  } finally {
    await server.close();
  }
}

/** Issues by title, pull requests by branch: their numbers depend on who was first. */
async function readNames(forge: Forge): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const { kind, number, issue } of await forge.changes(new Date(0))) {
    const name = kind === 'issue' ? issue.title : ((await forge.findPullRequest(number))?.branch ?? '');
    names.set(String(number), `<${name}>`);
  }
  return names;
}

async function readItems(forge: Forge, clean: (text: string) => string): Promise<Pick<Dump, 'issues' | 'pulls' | 'salvaged'>> {
  const salvaged: string[] = [];
  const issues: Record<string, Entry> = {};
  const pulls: Record<string, PullEntry[]> = {};
  for (const { kind, number, issue } of await forge.changes(new Date(0))) {
    const comments = (await forge.listComments(number)).map((comment) => clean(`${comment.author}: ${comment.body}`));
    const entry = {
      state: issue.state,
      author: issue.author,
      body: clean(issue.body),
      labels: [...issue.labels].toSorted(),
      assignees: issue.assignees,
      comments: comments.filter((text) => !isSalvage(text)).toSorted(),
    };
    salvaged.push(...comments.filter(isSalvage).map(() => issue.title));
    if (kind === 'issue') {
      if (issues[issue.title] !== undefined) throw new Error(`two issues are called ${issue.title}`);
      issues[issue.title] = entry;
      continue;
    }
    const pull = await forge.findPullRequest(number);
    const branch = pull?.branch ?? '';
    (pulls[branch] ??= []).push({ ...entry, state: pull?.state ?? '', reviews: await readReviews(forge, number, clean) });
  }
  return { issues, pulls, salvaged };
}

async function readReviews(forge: Forge, number: number, clean: (text: string) => string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const review of await forge.listReviews(number)) {
    const comments = (await forge.listReviewComments(number, review.id)).map((comment) => `${comment.path}:${comment.line}: ${comment.body}`);
    found.push(clean([`${review.author} ${review.verdict}: ${review.body}`, ...comments].join('\n')));
  }
  return found;
}

const isSalvage = (text: string): boolean => /^\w+: <!-- disinto:key salvage -->/.test(text);

function normalise(text: string, names: ReadonlyMap<string, string>): string {
  return text
    .replace(/#(\d+)/g, (whole, number: string) => names.get(number) ?? whole)
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/\brun_[0-9a-z]+/g, 'RUN')
    .replace(/"(seen|review|pullRequest)":\d+/g, '"$1":ID')
    .replace(/\breply-\d+|\breview \d+/g, 'REVIEW')
    .replace(/\b[0-9a-f]{10,40}\b/g, 'SHA');
}
