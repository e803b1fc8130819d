/** Keys from the top of the file down, unquoted: `['agents', 'dev', 'limits', 'turns']`. */
export type KeyPath = readonly string[];

/** A path as TOML resolves it: entries of an array of tables are numbers. */
export type ResolvedPath = readonly (string | number)[];

export function isPrefix(prefix: ResolvedPath, path: ResolvedPath): boolean {
  return prefix.length <= path.length && prefix.every((key, at) => key === path[at]);
}

export function isSame(a: ResolvedPath, b: ResolvedPath): boolean {
  return a.length === b.length && isPrefix(a, b);
}
