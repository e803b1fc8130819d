/** A full, lower-case git object name (SHA-1 or SHA-256). Branded: only `asSha` makes one. */
export type Sha = string & { readonly __brand: 'Sha' };

/** Checks the form and brands it. Throws TypeError for anything that is not a full object name. */
export function asSha(text: string): Sha {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) throw new TypeError(`not a full git object name: ${text.slice(0, 80)}`);
  return text as Sha;
}

/** First ten characters, for people. */
export function short(sha: Sha): string {
  return sha.slice(0, 10);
}
