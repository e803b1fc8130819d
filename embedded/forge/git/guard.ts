import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs inside git's own check of a push, before any ref moves, and asks nobody: the server says in the environment what to refuse.
 * `FORGE_REFUSAL`: refuse everything with this text. `FORGE_KEEP_HISTORY`: refs, between spaces, that may only move forward.
 */
const script = `#!/bin/sh
if [ -n "$FORGE_REFUSAL" ]; then
  printf '%s\\n' "$FORGE_REFUSAL" >&2
  exit 1
fi
while read -r before after ref; do
  case "$FORGE_KEEP_HISTORY" in
    *" $ref "*) ;;
    *) continue ;;
  esac
  git merge-base --is-ancestor "$before" "$after" 2>/dev/null && continue
  printf 'forge: %s is protected from force push\\n' "$ref" >&2
  exit 1
done
exit 0
`;

/** Writes the hook and answers its folder. */
export function writeGuard(directory: string): string {
  const folder = join(directory, '.hooks');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'pre-receive'), script, { mode: 0o755 });
  return folder;
}
