import { findProtected } from './protected.ts';
import type { ChangeRequest, ProtectedPath, SecretFinding } from './request.ts';
import { scanContents, scanTexts } from './scan.ts';

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
