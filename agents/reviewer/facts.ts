import type { ChangedFile, Git } from '#git';
import type { PullRequest } from '#domain/pull-request';
import type { Sha } from '#domain/sha';
import { findLostLines } from './lost-lines.ts';

const infraFile =
  /(?:^|\/)(?:(?:docker-)?compose[^/]*\.ya?ml|[^/]*Dockerfile[^/]*|Containerfile|entrypoint[^/]*|[^/]*\.(?:tf|service|nomad))$|^(?:docker|compose|deploy|k8s|helm)\/|^\.(?:woodpecker|github|forgejo|gitea)/;
const shown = 20;

/** What code can say about a change for certain; the model gets findings, not only a diff (§4.5, §4.7 3c and 3d). Plain text lines. */
export async function findFacts(git: Git, pull: PullRequest, tip: Sha, files: readonly ChangedFile[]): Promise<readonly string[]> {
  const facts: string[] = [];
  const lost = await findLostLines(git, pull.head, tip);
  for (const loss of lost) {
    facts.push(`LOST: ${loss.path}: ${loss.lost} of ${loss.added} lines that the base added are missing from the merge result, for example: ${loss.sample}`);
  }
  facts.push(...(await infraFacts(git, pull, tip, files)), ...scopeFacts(files));
  for (const file of files.filter((f) => f.binary)) facts.push(`BINARY: ${file.path} cannot be read in a diff`);
  if (facts.length === 0) facts.push('Nothing stands out: no line of the base is lost, no infrastructure file is touched, no file changes out of proportion.');
  return facts;
}

async function infraFacts(git: Git, pull: PullRequest, tip: Sha, files: readonly ChangedFile[]): Promise<readonly string[]> {
  const facts: string[] = [];
  const base = (await git.mergeBase(tip, pull.head)) ?? tip;
  for (const file of files.filter((f) => infraFile.test(f.path))) {
    const diff = await git.diff(base, pull.head, { maxBytes: 50_000, paths: [file.path] });
    const dropped = diff.split('\n').filter((line) => /^-(?!--)\s*\S/.test(line));
    const list = dropped.slice(0, shown).map((line) => line.slice(1).trim());
    const more = dropped.length > shown ? ` … and ${dropped.length - shown} more` : '';
    facts.push(
      `INFRASTRUCTURE: ${file.path} is ${file.change}; read the whole file. ${dropped.length === 0 ? 'No line is removed.' : `Removed: ${list.join(' | ')}${more}`}`,
    );
  }
  return facts;
}

/** A file that changes more than three times what the others suggest. */
function scopeFacts(files: readonly ChangedFile[]): readonly string[] {
  const sizes = files.map((file) => file.additions + file.deletions).toSorted((a, b) => a - b);
  const typical = Math.max(50, sizes[Math.floor((sizes.length - 1) / 2)] ?? 0);
  return files
    .filter((file) => file.additions + file.deletions > 3 * typical)
    .map(
      (file) =>
        `SCOPE: ${file.path} changes ${file.additions + file.deletions} lines, more than three times the typical ${typical}${infraFile.test(file.path) ? '; it is infrastructure, so this blocks unless the issue asks for it' : ''}`,
    );
}
