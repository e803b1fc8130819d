import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs inside git's own check of a push, before any ref moves, and asks nobody: the server says in the environment what to refuse.
 * `FORGE_REFUSAL`: refuse everything with this text. `FORGE_KEEP_HISTORY`: refs, between spaces, that may only move forward.
 * `FORGE_FILES`: lines of ref, `open` or `closed`, pattern of files that no push may change, pattern of files that anybody may push
 * (`-`: none), between tabs.
 */
const script = `#!/bin/sh
LC_ALL=C
export LC_ALL
tab=$(printf '\\t')
empty=4b825dc642cb6eb9a060e54bf8d69288fbee4904
judge() {
  while IFS="$tab" read -r name mode shut free; do
    [ "$name" = "$3" ] || continue
    case "$1" in *[!0]*) from=$1 ;; *) from=$empty ;; esac
    git diff --quiet --no-renames "$from" "$2" </dev/null
    case $? in 0) continue ;; 1) ;; *) return 1 ;; esac
    files=$(git diff --name-only --no-renames -z "$from" "$2" </dev/null | tr '\\000A-Z' '\\na-z')
    [ -n "$files" ] || return 1
    if [ "$shut" != - ] && hit=$(printf '%s\\n' "$files" | grep -a -E -m 1 -e "$shut"); then
      printf 'forge: branch %s is protected from changing file %s\\n' "\${3#refs/heads/}" "$hit" >&2
      return 1
    fi
    [ "$mode" = open ] && continue
    [ "$free" != - ] && ! printf '%s\\n' "$files" | grep -a -E -q -v -e "$free" && continue
    printf 'forge: Not allowed to push to protected branch %s\\n' "\${3#refs/heads/}" >&2
    return 1
  done <<RULES
$FORGE_FILES
RULES
}
if [ -n "$FORGE_REFUSAL" ]; then
  printf '%s\\n' "$FORGE_REFUSAL" >&2
  exit 1
fi
while read -r before after ref; do
  judge "$before" "$after" "$ref" || exit 1
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
