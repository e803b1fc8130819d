import type { Outcome, Tick } from '#agent';
import { heldRef } from '#domain/name';
import { firstLine, publishable } from '#domain/publishable';
import type { Sha } from '#domain/sha';
import { type ChangedFile, type Claim, GitError, type Workspace } from '#git';
import { judgeChange } from '#session/change';
import { parkIssue } from '#work/park';
import type { DevAnswer } from '#dev/answer';
import { type ChangeRequest, type DevPorts, nothingChanged } from './change.ts';
import { trailers } from './trailers.ts';
import { pushChange } from './unpushed.ts';

export interface Finished {
  readonly workspace: Workspace;
  readonly request: ChangeRequest;
  readonly answer: DevAnswer;
  readonly claim: Claim;
}

export type Accepted =
  | { readonly kind: 'published'; readonly head: Sha }
  /** The answer does not hold (nothing changed, conflict markers left, a repository that cannot be read): a failed session. */
  | { readonly kind: 'rejected'; readonly why: string }
  /** `counts`: the answer was accepted as a round although it waits for a person. */
  | { readonly kind: 'parked'; readonly outcome: Outcome; readonly counts: boolean; readonly keepWorkspace: boolean }
  | { readonly kind: 'lost'; readonly why: string };

/**
 * Judges what a session left by git, never by its words, and puts it on the forge if code allows. Nothing leaves the
 * workspace before the judgement; the branch moves together with the proof that the claim is still ours.
 */
export async function acceptChange(ports: DevPorts, tick: Tick, finished: Finished): Promise<Accepted> {
  try {
    return await accept(ports, tick, finished);
  } catch (error) {
    if (!(error instanceof GitError) || (error.kind !== 'corrupt' && error.kind !== 'failed')) throw error;
    tick.log.warn({ err: error }, 'The workspace of a session cannot be read');
    return { kind: 'rejected', why: 'it answered done, but the git repository that it left cannot be read' };
  }
}

async function accept(ports: DevPorts, tick: Tick, finished: Finished): Promise<Accepted> {
  const { workspace, request, answer } = finished;
  await workspace.commitAll(firstLine(answer.summary, 72) || `${request.task} #${request.item.issue.number}`);
  const head = await workspace.head();
  const files = head === request.at ? [] : await changedBySession(workspace, request, head);
  const markers = await leftMarkers(workspace, request, head, files);
  if (markers.length > 0) return { kind: 'rejected', why: `conflict markers are left in ${markers.join(', ')}` };
  if (head === request.at || (files.length === 0 && request.merge === null)) return { kind: 'rejected', why: nothingChanged };
  const verdict = await judge(tick, finished, head, files);
  switch (verdict.kind) {
    case 'secret':
      return parkSecret(
        ports,
        tick,
        finished,
        verdict.findings.map((f) => `${f.path}:${f.line} (${f.rule})`),
      );
    case 'too-large':
      return parked(ports, tick, finished, { slug: 'change-too-large', prose: verdict.why, held: null });
    case 'protected':
      return hold(
        ports,
        tick,
        finished,
        verdict.paths.map((p) => `${p.path} (${p.why})`),
      );
    case 'empty':
    case 'ok':
      return publish(ports, tick, finished);
  }
}

/** What the session itself changed: against the old head, and for a merge only what neither side had. */
async function changedBySession(workspace: Workspace, request: ChangeRequest, head: Sha): Promise<readonly ChangedFile[]> {
  const files = await workspace.objects.listChangedFiles(request.at, head);
  if (request.merge === null) return files;
  const fromBase = new Set((await workspace.objects.listChangedFiles(request.merge, head)).map((file) => file.path));
  return files.filter((file) => fromBase.has(file.path));
}

async function judge(tick: Tick, { workspace, request, answer }: Finished, head: Sha, files: readonly ChangedFile[]) {
  const { objects } = workspace;
  const commits = await objects.listCommits(request.at, head);
  return judgeChange({
    files,
    commits,
    texts: [answer.summary, answer.question ?? ''],
    objects,
    from: request.at,
    to: head,
    policy: tick.project.policy,
    merge: request.merge,
    holdsKnownSecret: (text) => tick.holdsSecret(text),
  });
}

/** Files that still hold the markers of a conflict after the session ended. */
async function leftMarkers(workspace: Workspace, request: ChangeRequest, head: Sha, files: readonly ChangedFile[]): Promise<readonly string[]> {
  if (request.merge === null) return [];
  const found: string[] = [];
  for (const file of files.filter((f) => f.change !== 'deleted' && !f.binary)) {
    const text = (await workspace.objects.readFile(head, file.path))?.toString('utf8') ?? '';
    if (/^<{7} .*$/m.test(text) && /^>{7} .*$/m.test(text)) found.push(file.path);
  }
  return found;
}

/** The bytes stay where they are: the workspace is kept, nothing is copied, pushed or quoted. */
async function parkSecret(ports: DevPorts, tick: Tick, finished: Finished, places: readonly string[]): Promise<Accepted> {
  const prose = `what looks like a secret was found in ${places.slice(0, 5).join(', ')}; nothing was pushed, the workspace of run ${tick.run} is kept`;
  const outcome = await parkWith(ports, tick, finished, { slug: 'secret-found', prose, held: null });
  return { kind: 'parked', outcome, counts: false, keepWorkspace: true };
}

/** A protected change goes to a ref that is no branch: CI does not run it, a maintainer can look at it and approve it. */
async function hold(ports: DevPorts, tick: Tick, finished: Finished, places: readonly string[]): Promise<Accepted> {
  const { request } = finished;
  const number = request.item.issue.number;
  const commit = await labelledHead(ports, tick, finished);
  const ref = heldRef(number);
  const pushed = await tick.effect('push', ref, commit, () => ports.git.push([{ ref, to: commit, expect: 'any' }]));
  if (pushed.kind !== 'pushed') return { kind: 'lost', why: `the held change was not pushed: ${pushed.kind}` };
  const prose = `the change touches ${places.slice(0, 8).join(', ')}; it waits as ${commit.slice(0, 10)} under \`${ref}\``;
  return parked(ports, tick, finished, { slug: 'protected-change', prose, held: { commit, branch: request.branch, task: request.task } });
}

type ParkWords = {
  readonly slug: string;
  readonly prose: string;
  readonly held: { readonly commit: string; readonly branch: string; readonly task: string } | null;
};

async function parked(ports: DevPorts, tick: Tick, finished: Finished, words: ParkWords): Promise<Accepted> {
  return { kind: 'parked', outcome: await parkWith(ports, tick, finished, words), counts: true, keepWorkspace: false };
}

async function parkWith(ports: DevPorts, tick: Tick, { request }: Finished, words: ParkWords): Promise<Outcome> {
  const { issue, park } = request.item;
  await parkIssue(ports, tick, { ...words, issue, previous: park, waitsFor: [], until: 'person', attempt: 0 });
  return { kind: 'acted', did: `parked #${issue.number} as ${words.slug}` };
}

async function publish(ports: DevPorts, tick: Tick, finished: Finished): Promise<Accepted> {
  const { request, claim } = finished;
  const head = await labelledHead(ports, tick, finished);
  const pushed = await pushChange(ports, tick, request, claim, head);
  switch (pushed.kind) {
    case 'pushed':
      return { kind: 'published', head };
    case 'moved':
      return { kind: 'lost', why: `${pushed.refs.join(', ')} moved meanwhile; the work is salvaged and the next tick looks again` };
    case 'refused':
      return { kind: 'rejected', why: `the forge refuses the push: ${firstLine(pushed.why)}` };
  }
}

/**
 * The session's commits with messages that cannot close foreign issues, the last one saying which run, task and cause made
 * it: the budgets are counted from these trailers.
 */
async function labelledHead(ports: DevPorts, tick: Tick, { workspace, request, answer }: Finished): Promise<Sha> {
  const head = await workspace.publishToStore();
  const commits = await ports.git.listCommits(request.at, head);
  const own = request.merge === null ? commits : await notInBase(ports, request.merge, commits);
  const renamed = new Map<Sha, Sha>();
  const me = await ports.forge.me();
  const author = { name: me, email: `${me}@disinto.invalid` };
  for (const commit of own) {
    const last = commit.sha === head;
    const message = publishable(commit.message, 5000);
    const text = last ? `${message === '' ? firstLine(answer.summary, 72) : stripTrailers(message)}\n\n${trailers(ports, tick, request)}\n` : `${message}\n`;
    renamed.set(
      commit.sha,
      await ports.git.createCommit({ tree: commit.tree, parents: commit.parents.map((p) => renamed.get(p) ?? p), message: text, author }),
    );
  }
  return renamed.get(head) ?? head;
}

async function notInBase(ports: DevPorts, base: Sha, commits: Awaited<ReturnType<DevPorts['git']['listCommits']>>) {
  const own = [];
  for (const commit of commits) if (!(await ports.git.isAncestor(commit.sha, base))) own.push(commit);
  return own;
}

/** A model cannot pass for an earlier round by writing our trailers itself. */
function stripTrailers(message: string): string {
  return message
    .split('\n')
    .filter((line) => !/^\s*Disinto-[A-Za-z]+:/i.test(line))
    .join('\n')
    .trim();
}
