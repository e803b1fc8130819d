import type { Sha } from '#domain/sha';
import type { Commit } from '#git';
import type { ChangeRequest, SecretFinding } from './request.ts';
import { secretsIn } from './secrets.ts';

type Known = ChangeRequest['holdsKnownSecret'];

/** The words of the session and the messages of its commits. */
export function scanTexts({ texts, commits, holdsKnownSecret }: ChangeRequest): readonly SecretFinding[] {
  return [
    ...texts.flatMap((text) => findingsIn('(the answer)', text, { known: holdsKnownSecret })),
    ...commits.flatMap((commit) => findingsIn(`(message of commit ${commit.sha.slice(0, 10)})`, commit.message, { known: holdsKnownSecret })),
  ];
}

interface Scanned {
  readonly findings: readonly SecretFinding[];
  /** Null when there is no new content. */
  readonly largest: { readonly path: string; readonly bytes: number } | null;
}

/**
 * Every line that the change as a whole or one of its commits adds, and the largest file that one of them brings: what a
 * later commit removes is pushed all the same.
 */
export async function scanContents(request: ChangeRequest): Promise<Scanned> {
  const { from, to, merge = null } = request;
  const steps = [await scanStep(request, { parents: merge === null ? [from] : [from, merge], to, paths: request.files.map((file) => file.path) })];
  for (const commit of await ownCommits(request)) {
    if (commit.sha === to && commit.parents.length === 1 && commit.parents[0] === from) continue;
    steps.push(await scanCommit(request, commit));
  }
  const largest = steps.reduce<Scanned['largest']>(
    (best, step) => (step.largest !== null && step.largest.bytes > (best?.bytes ?? -1) ? step.largest : best),
    null,
  );
  return { findings: unique(steps.flatMap((step) => step.findings)), largest };
}

async function scanCommit(request: ChangeRequest, commit: Commit): Promise<Scanned> {
  const [first] = commit.parents;
  if (first === undefined) return { findings: [], largest: null };
  const files = await request.objects.listChangedFiles(first, commit.sha);
  return await scanStep(request, { parents: commit.parents, to: commit.sha, paths: files.map((file) => file.path) });
}

/** Without the history of the base, which the session only merged in. */
async function ownCommits({ commits, objects, merge = null }: ChangeRequest): Promise<readonly Commit[]> {
  if (merge === null) return commits;
  const own: Commit[] = [];
  for (const commit of commits) if ((await objects.mergeBase(commit.sha, merge)) !== commit.sha) own.push(commit);
  return own;
}

async function scanStep(
  { objects, holdsKnownSecret }: ChangeRequest,
  step: { readonly parents: readonly Sha[]; readonly to: Sha; readonly paths: readonly string[] },
): Promise<Scanned> {
  const findings: SecretFinding[] = [];
  const before = new Set<string>();
  let largest: Scanned['largest'] = null;
  // All old sides first: a line that only moved from one file to another is not new.
  for (const path of step.paths) {
    for (const parent of step.parents) for (const line of linesOf(await objects.readFile(parent, path))) before.add(line);
  }
  for (const path of step.paths) {
    // A name can leak too.
    findings.push(...findingsIn(path, path, { known: holdsKnownSecret }));
    const content = await objects.readFile(step.to, path);
    if (content === null) continue;
    for (const text of textsOf(content)) findings.push(...findingsIn(path, text, { known: holdsKnownSecret, before }));
    if (content.length > (largest?.bytes ?? -1) && !(await isOf(objects, step.parents.slice(1), path, content))) largest = { path, bytes: content.length };
  }
  return { findings, largest };
}

/** True for what a merge took as it is from the other side. */
async function isOf(objects: ChangeRequest['objects'], commits: readonly Sha[], path: string, content: Buffer): Promise<boolean> {
  for (const commit of commits) if ((await objects.readFile(commit, path))?.equals(content) === true) return true;
  return false;
}

/** As bytes, and without zeros where there are any: that is what UTF-16 and UTF-32 of either order add to plain letters. */
function textsOf(content: Buffer): readonly string[] {
  const plain = content.toString('latin1');
  return content.includes(0) ? [plain, plain.replaceAll('\0', '')] : [plain];
}

function linesOf(content: Buffer | null): readonly string[] {
  return content === null ? [] : textsOf(content).flatMap((text) => text.split('\n').map((line) => line.trim()));
}

function findingsIn(path: string, text: string, options: { readonly known: Known; readonly before?: ReadonlySet<string> }): readonly SecretFinding[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    if (line.trim() === '' || options.before?.has(line.trim()) === true) return [];
    if (options.known?.(line) === true) return [{ path, line: at + 1, rule: 'known secret' }];
    return secretsIn(line, lines.slice(at + 1, at + 9)).map((rule) => ({ path, line: at + 1, rule }));
  });
}

function unique(findings: readonly SecretFinding[]): readonly SecretFinding[] {
  return [...new Map(findings.map((finding) => [`${finding.path}\n${finding.line}\n${finding.rule}`, finding])).values()];
}
