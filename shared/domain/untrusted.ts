/**
 * Text from outside (issue bodies, comments, CI logs, file names of a change). Branded so that it reaches a prompt only
 * through `quote`, and can never become a command, URL, path, label or recipient by accident.
 */
export type Untrusted = string & { readonly __untrusted: true };

/** Marks text as coming from outside. Adapters call it at the edge. */
export function untrusted(text: string): Untrusted {
  return text as Untrusted;
}
