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

/** Files that say which tests run; what a new line of them must not say; and what it must not where the file was there before. */
const runnerSettings: readonly (readonly [RegExp, RegExp, RegExp])[] = [
  [
    /(?:^|\/)(?:\.?pytest\.(?:ini|toml)|tox\.ini|setup\.cfg|pyproject\.toml)$/i,
    /--ignore(?:-glob)?["'\s,=]+(?!["']?[A-Z]+\d)|--deselect\b|(?:^|[\s"'=])-k[\s"'=,]|(?:^|[\s"'=])-m[\s"'=,]+not\b|--(?:co|collect-only)\b|\bnorecursedirs\b|\bcollect_ignore/,
    /^\s*["']?(?:python_(?:files|functions|classes)|testpaths)\b/,
  ],
  [
    /(?:^|\/)(?:jest|vitest|playwright|karma|wdio|cypress|ava)[\w.-]*\.(?:config|conf|workspace)\.(?:[cm]?[jt]s|json)$|(?:^|\/)\.(?:mocharc|taprc)[\w.]*$/i,
    /\b(?:testPathIgnorePatterns|modulePathIgnorePatterns|testIgnore|testNamePattern|grepInvert|passWithNoTests|excludeSpecPattern)\b|^(?!.*\bcoverage\b).*\b(?:exclude|ignore)\b["']?\s*:/,
    /\b(?:include|testMatch|testRegex|specPattern|testDir)\b["']?\s*:/,
  ],
  [
    /(?:^|\/)(?:package\.json|vite\.config\.[cm]?[jt]s)$/i,
    /\b(?:testPathIgnorePatterns|modulePathIgnorePatterns|passWithNoTests|testNamePattern)\b|"test[\w:-]*"\s*:\s*"\s*(?:true|:|exit|exit 0|echo\b(?:\\.|[^"\\&|;])*(?:&&|;)?(?:\s*exit 0)?)\s*"|\bexclude\s*:.{0,300}\b(?:tests?|spec)\b/,
    /(?!)/,
  ],
];

/** Why only a maintainer may put these lines into a file; null when anybody may. `old`: the file was there before. */
export function linesReason(path: string, added: readonly string[], old: boolean): string | null {
  if (/(?:^|\/)\.gitattributes$/i.test(path))
    return added.some((line) => /\s(?:filter|diff|merge)=/.test(line)) ? 'git attributes that run a filter or driver' : null;
  const narrows = runnerSettings.some(
    ([files, always, later]) => files.test(path) && added.some((line) => !/^\s*(?:#|\/\/)/.test(line) && (always.test(line) || (old && later.test(line)))),
  );
  return narrows ? 'a setting that leaves tests out' : null;
}

/** True where `linesReason` has something to say. */
export function hasLineRules(path: string): boolean {
  return /(?:^|\/)\.gitattributes$/i.test(path) || runnerSettings.some(([files]) => files.test(path));
}

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
