import type { PolicyConfig } from '#config';
import type { Sha } from '#domain/sha';
import type { ChangedFile, Commit, Objects } from '#git';

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

/** A path that only a maintainer may change, and why. */
export interface ProtectedPath {
  readonly path: string;
  readonly why: string;
}

/** A place that holds what looks like a secret. `path` is a file, or words in brackets for a message or an answer. */
export interface SecretFinding {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
}
