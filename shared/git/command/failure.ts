import { GitError, type GitErrorKind } from '#git';

/** What git says (in English: the locale is ours) for each kind of trouble; the first match wins. */
const signs: readonly (readonly [GitErrorKind, RegExp])[] = [
  ['full', /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/],
  ['auth', /Authentication failed|could not read (?:Username|Password)|returned error: 401|invalid credentials/i],
  ['forbidden', /returned error: 403/],
  ['rate-limited', /returned error: 429/],
  ['unavailable', /Could not resolve host|[Ff]ailed to connect|Connection (?:refused|timed out|reset)|Operation (?:timed out|too slow)|timed out after/],
  ['unavailable', /returned error: 5\d\d|remote end hung up|early EOF|RPC failed|Empty reply from server|unexpected disconnect|SSL|gnutls/i],
  ['unavailable', /does not appear to be a git repository|Could not read from remote repository/],
  [
    'corrupt',
    /is corrupt|corrupt loose|object file .* is empty|bad object|broken link|inflate: data stream|unable to read (?:tree|sha1)|missing (?:blob|tree|commit) /,
  ],
  ['corrupt', /pack-objects died|upload-pack: not our ref|possible repository corruption|missing necessary objects/],
  ['corrupt', /bad (?:config|signature|index)|fsck error|index file (?:corrupt|smaller)|did not send all necessary objects|loose object .* \(stored in/],
];

const advice: Readonly<Record<GitErrorKind, string>> = {
  unavailable: 'the forge does not answer; it is tried again on the next tick',
  auth: 'the forge refuses this account\'s token or password; give the account a valid one with the right to write to the repository (a forge that takes no tokens for git needs git-secret = "password" and a password-file)',
  'rate-limited': 'the forge asks for fewer requests; it is tried again later',
  forbidden: 'the forge knows this account and refuses it that: give it the right, or mend what the forge says',
  missing: 'git is not installed or not on PATH; install git 2.39 or newer',
  full: 'no space left on the data volume; free some, nothing was removed',
  corrupt: 'the repository on disk is damaged',
  failed: '',
};

const archived = 'the repository takes no changes: un-archive it on the forge';

export function gitFailure(kind: GitErrorKind, what: string, detail: string, cause?: unknown): GitError {
  const text = [`${what}: ${detail.trim().slice(-2000)}`, adviceOn(kind, detail)].filter((part) => part !== '').join(' — ');
  return new GitError(kind, text, cause);
}

function adviceOn(kind: GitErrorKind, detail: string): string {
  return kind === 'forbidden' && /\bis archived\b/i.test(detail) ? archived : advice[kind];
}

/** Kind of a failure by git's stderr. */
export function classify(stderr: string): GitErrorKind {
  return signs.find(([, sign]) => sign.test(stderr))?.[0] ?? 'failed';
}

/** Translates an error of a file operation, so that a full disk is told apart. */
export function fileFailure(what: string, error: unknown): GitError {
  if (error instanceof GitError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return gitFailure(classify(detail), what, detail, error);
}
