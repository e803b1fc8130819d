import type { PolicyConfig } from '#config';
import type { Sha } from '#domain/sha';
import type { ChangedFile, Commit, Objects } from '#git';
import { findProtected, type ProtectedPath } from './protected.ts';
import { scanContents, scanTexts, type SecretFinding } from './scan.ts';

export interface ChangeRequest {
  /** What the session changed between `from` and `to`, file by file. */
  readonly files: readonly ChangedFile[];
  /** Its commits: a secret that one of them adds and the next removes still leaks. */
  readonly commits: readonly Commit[];
  /** The session's own words that will be posted. */
  readonly texts: readonly string[];
  readonly objects: Pick<Objects, 'readFile' | 'listChangedFiles' | 'mergeBase'>;
  readonly from: Sha;
  readonly to: Sha;
  readonly policy: Pick<PolicyConfig, 'maxChangedFiles' | 'maxChangedLines' | 'maxFileBytes' | 'protectedPaths'>;
  /** The commit of the base that the session merged in: what it holds is not the session's doing. */
  readonly merge?: Sha | null;
  /** True when a text holds a secret that this installation knows by value. */
  readonly holdsKnownSecret?: (text: string) => boolean;
}

export type ChangeJudgement =
  | { readonly kind: 'ok' }
  | { readonly kind: 'empty' }
  /** Where, and by which rule; never the bytes. */
  | { readonly kind: 'secret'; readonly findings: readonly SecretFinding[] }
  | { readonly kind: 'too-large'; readonly why: string }
  | { readonly kind: 'protected'; readonly paths: readonly ProtectedPath[] };

/**
 * Judges a finished change before anything of it leaves the workspace. A secret outweighs everything, then size, then what only
 * a maintainer may change. Throws what reading objects throws: a change that cannot be read is never fine.
 */
export async function judgeChange(request: ChangeRequest): Promise<ChangeJudgement> {
  const said = scanTexts(request);
  if (said.length > 0) return { kind: 'secret', findings: said };
  const size = tooLarge(request);
  if (size !== null) return { kind: 'too-large', why: size };
  const { findings, largest } = await scanContents(request);
  if (findings.length > 0) return { kind: 'secret', findings };
  if (largest !== null && largest.bytes > request.policy.maxFileBytes) {
    return { kind: 'too-large', why: `${largest.path} has ${largest.bytes} bytes; at most ${request.policy.maxFileBytes} are allowed in a file` };
  }
  const paths = await findProtected(request);
  if (paths.length > 0) return { kind: 'protected', paths };
  return { kind: request.files.length === 0 ? 'empty' : 'ok' };
}

function tooLarge({ files, policy }: ChangeRequest): string | null {
  if (files.length > policy.maxChangedFiles) return `it changes ${files.length} files; at most ${policy.maxChangedFiles} are allowed`;
  const lines = files.reduce((sum, file) => sum + file.additions + file.deletions, 0);
  return lines > policy.maxChangedLines ? `it changes ${lines} lines; at most ${policy.maxChangedLines} are allowed` : null;
}
