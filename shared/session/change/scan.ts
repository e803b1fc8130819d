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

/** Every line that the change as a whole or one of its commits adds, and the largest file of the result. */
export async function scanContents(
  request: ChangeRequest,
): Promise<{ readonly findings: readonly SecretFinding[]; readonly largest: { readonly path: string; readonly bytes: number } | null }> {
  const { from, to, merge = null } = request;
  const whole = await scanStep(request, { parents: merge === null ? [from] : [from, merge], to, paths: request.files.map((file) => file.path) });
  const findings = [...whole.findings];
  for (const commit of await ownCommits(request)) {
    if (commit.sha === to && commit.parents.length === 1 && commit.parents[0] === from) continue;
    findings.push(...(await scanCommit(request, commit)));
  }
  return { findings: unique(findings), largest: whole.largest };
}

async function scanCommit(request: ChangeRequest, commit: Commit): Promise<readonly SecretFinding[]> {
  const [first] = commit.parents;
  if (first === undefined) return [];
  const files = await request.objects.listChangedFiles(first, commit.sha);
  return (await scanStep(request, { parents: commit.parents, to: commit.sha, paths: files.map((file) => file.path) })).findings;
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
) {
  const findings: SecretFinding[] = [];
  const before = new Set<string>();
  let largest: { path: string; bytes: number } | null = null;
  // All old sides first: a line that only moved from one file to another is not new.
  for (const path of step.paths) {
    for (const parent of step.parents) for (const line of linesOf(await objects.readFile(parent, path))) before.add(line);
  }
  for (const path of step.paths) {
    // A name can leak too.
    findings.push(...findingsIn(path, path, { known: holdsKnownSecret }));
    const content = await objects.readFile(step.to, path);
    if (content === null) continue;
    if (largest === null || content.length > largest.bytes) largest = { path, bytes: content.length };
    findings.push(...findingsIn(path, content.toString('latin1'), { known: holdsKnownSecret, before }));
  }
  return { findings, largest };
}

function linesOf(content: Buffer | null): readonly string[] {
  return content === null
    ? []
    : content
        .toString('latin1')
        .split('\n')
        .map((line) => line.trim());
}

function findingsIn(path: string, text: string, options: { readonly known: Known; readonly before?: ReadonlySet<string> }): readonly SecretFinding[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    if (line.trim() === '' || options.before?.has(line.trim()) === true) return [];
    if (options.known?.(line) === true) return [{ path, line: at + 1, rule: 'known secret' }];
    return secretsIn(line, lines.slice(at + 1, at + 6)).map((rule) => ({ path, line: at + 1, rule }));
  });
}

function unique(findings: readonly SecretFinding[]): readonly SecretFinding[] {
  return [...new Map(findings.map((finding) => [`${finding.path}\n${finding.line}\n${finding.rule}`, finding])).values()];
}
