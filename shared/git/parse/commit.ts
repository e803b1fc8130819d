import type { Commit } from '#git';
import { asSha } from '#domain/sha';

/** One commit per NUL-ended record, fields by line: for `git log -z --format=`. */
export const commitFormat = '%H%n%T%n%P%n%an <%ae>%n%ct%n%B';

export function parseCommits(records: readonly string[]): Commit[] {
  return records.map((record) => {
    const [sha = '', tree = '', parents = '', author = '', at = '', ...message] = record.replace(/^\n/, '').split('\n');
    const body = message.join('\n').trimEnd();
    return {
      sha: asSha(sha),
      tree: asSha(tree),
      parents: parents
        .split(' ')
        .filter((part) => part !== '')
        .map(asSha),
      author,
      message: body,
      trailers: parseTrailers(body),
      at: new Date(Number(at) * 1000),
    };
  });
}

/** `Key: value` lines of the last paragraph; the subject is never one. The last of equal keys counts. */
export function parseTrailers(message: string): Readonly<Record<string, string>> {
  const paragraphs = message.trimEnd().split(/\n[ \t]*\n/);
  if (paragraphs.length < 2) return {};
  const lines = (paragraphs.at(-1) ?? '').split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, key, value] = /^([A-Za-z][A-Za-z0-9-]*):[ \t]+(.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value.trim()]];
    }),
  );
}

export interface CommitText {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly at: Date;
}

/** The bytes of a commit object. Line breaks and brackets in names, and NUL anywhere, would change its meaning: they become spaces. */
export function renderCommit(draft: CommitText): Buffer {
  const name = (text: string): string => text.replace(/[\0-\x1f<>]+/g, ' ').trim();
  const who = `${name(draft.author.name) || 'disinto'} <${name(draft.author.email)}> ${Math.floor(draft.at.getTime() / 1000)} +0000`;
  const header = [`tree ${draft.tree}`, ...draft.parents.map((parent) => `parent ${parent}`), `author ${who}`, `committer ${who}`];
  return Buffer.from(`${header.join('\n')}\n\n${draft.message.replaceAll('\0', ' ').trimEnd()}\n`);
}
