import { posix } from 'node:path';

/** Compared without case: some file systems do not know any. */
const protectedPaths: readonly (readonly [string, RegExp])[] = [
  ['outside the workspace', /^\/|^[a-z]:[\\/]|(?:^|[\\/])\.\.(?:[\\/]|$)|(?:^|\/)\.git(?:\/|$)/i],
  ['CI configuration', /^\.(?:woodpecker(?:\/.*|\.ya?ml|-[^/]*)?|drone\.ya?ml|travis\.yml|cirrus\.ya?ml|gitlab-ci\.ya?ml|appveyor\.yml)$/i],
  ['CI configuration', /^\.(?:ci|circleci|buildkite|gitlab\/ci|teamcity|semaphore|(?:github|forgejo|gitea)\/(?:workflows|actions))\//i],
  ['CI configuration', /^(?:.*\/)?jenkinsfile[^/]*$|^(?:azure-pipelines|bitbucket-pipelines|appveyor|cloudbuild|buildspec)[^/]*\.ya?ml$/i],
  ['code ownership', /^(?:\.github\/|\.forgejo\/|\.gitea\/|\.gitlab\/|docs\/)?codeowners$/i],
  ['agent instructions', /(?:^|\/)(?:AGENTS(?:\.[\w-]+)?|CLAUDE(?:\.[\w-]+)?|GEMINI|CODEX|COPILOT|QWEN|CONVENTIONS\.aider)\.md$/i],
  [
    'agent instructions',
    /(?:^|\/)\.(?:claude|pi|codex|gemini|agents?|cursor|windsurf|continue|opencode|roo|kiro|amazonq|junie|aider[^/]*|clinerules)(?:\/.*)?$/i,
  ],
  ['agent instructions', /(?:^|\/)(?:\.cursorrules|\.windsurfrules|\.roorules|\.goosehints|\.mcp\.json|mcp\.json|opencode\.jsonc?|\.cursorignore)$/i],
  ['agent instructions', /^\.github\/(?:copilot-instructions\.md$|instructions\/|prompts\/|chatmodes\/|agents\/)/i],
  ['git hooks', /(?:^|\/)\.(?:husky|githooks)\/|^\.?(?:lefthook|lefthook-local)\.(?:ya?ml|toml|json)$|^\.pre-commit-(?:config|hooks)\.ya?ml$/i],
  ['submodules', /(?:^|\/)\.gitmodules$/i],
];

/** Why only a maintainer may change this path, by its name alone; null when anybody may. */
export function pathReason(path: string): string | null {
  return protectedPaths.find(([, pattern]) => pattern.test(path))?.[0] ?? null;
}

/** A link may point inside the workspace, and not into git's own folder. */
export function symlinkReason(path: string, target: string): string | null {
  const resolved = posix.normalize(posix.join(posix.dirname(path), target.trim()));
  const outside = target === '' || posix.isAbsolute(target) || resolved === '..' || resolved.startsWith('../') || /(?:^|\/)\.git(?:\/|$)/i.test(resolved);
  return outside ? 'a symbolic link that leads out of the workspace' : null;
}
