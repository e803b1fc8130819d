import { describe, expect, it } from 'vitest';
import { linesReason, pathReason, symlinkReason } from './paths.ts';

const held: readonly (readonly [string, string])[] = [
  ['.woodpecker.yaml', 'CI configuration'],
  ['.woodpecker.yml', 'CI configuration'],
  ['.woodpecker/test.yaml', 'CI configuration'],
  ['.github/workflows/ci.yml', 'CI configuration'],
  ['.forgejo/workflows/ci.yml', 'CI configuration'],
  ['.gitea/workflows/ci.yml', 'CI configuration'],
  ['.gitlab-ci.yml', 'CI configuration'],
  ['.ci/run', 'CI configuration'],
  ['Jenkinsfile', 'CI configuration'],
  ['build/Jenkinsfile.release', 'CI configuration'],
  ['azure-pipelines.yml', 'CI configuration'],
  ['.github/CODEOWNERS', 'code ownership'],
  ['AGENTS.md', 'agent instructions'],
  ['packages/core/AGENTS.md', 'agent instructions'],
  ['agents.md', 'agent instructions'],
  ['src/agents.md', 'agent instructions'],
  ['Claude.MD', 'agent instructions'],
  ['CLAUDE.local.md', 'agent instructions'],
  ['docs/GEMINI.md', 'agent instructions'],
  ['.claude/settings.json', 'agent instructions'],
  ['sub/.pi/skills/x.md', 'agent instructions'],
  ['.cursorrules', 'agent instructions'],
  ['.cursor/rules/a.mdc', 'agent instructions'],
  ['.github/copilot-instructions.md', 'agent instructions'],
  ['.mcp.json', 'agent instructions'],
  ['.husky/pre-commit', 'git hooks'],
  ['.gitmodules', 'submodules'],
  ['../outside', 'outside the workspace'],
  ['/etc/passwd', 'outside the workspace'],
  ['a/.git/config', 'outside the workspace'],
  ['.GIT/hooks/pre-push', 'outside the workspace'],
];
const free = [
  'src/agents.ts',
  'src/woodpecker.ts',
  'README.md',
  '.gitignore',
  '.gitattributes',
  'ci/run.sh',
  'src/claude/index.ts',
  'a..b/c',
  '.github/dependabot.yml',
  'package.json',
];

describe('pathReason', () => {
  it.each(held)('holds %s as %s', (path, why) => expect(pathReason(path)).toBe(why));
  it.each(free)('lets pass %s', (path) => expect(pathReason(path)).toBeNull());
});

it.each([
  ['a/link', 'b.txt', false],
  ['a/link', '../b.txt', false],
  ['link', '../b.txt', true],
  ['a/link', '../../b', true],
  ['a/link', '/etc/passwd', true],
  ['a/link', '../.git/hooks/pre-push', true],
  ['a/link', '', true],
] as const)('a link %s to %s leads out: %s', (path, target, out) => expect(symlinkReason(path, target) !== null).toBe(out));

it.each([
  ['pytest.ini', 'addopts = --ignore=tests/test_a.py', false],
  ['pyproject.toml', 'addopts = ["-q", "--deselect", "tests/test_a.py::test_b"]', false],
  ['tox.ini', '  pytest -k "not slow"', false],
  ['setup.cfg', 'addopts = -m "not slow"'.replace('"not', 'not'), false],
  ['pytest.ini', 'norecursedirs = tests/unit', false],
  ['pytest.ini', 'python_files = check_*.py', true],
  ['jest.config.js', "  testPathIgnorePatterns: ['/a/'],", false],
  ['packages/a/vitest.config.ts', "    exclude: ['a.test.ts'],", false],
  ['vitest.config.ts', "    include: ['b/**'],", true],
  ['vite.config.ts', "  test: { exclude: ['src/a.test.ts'] },", false],
  ['package.json', '    "test": "exit 0",', true],
  ['package.json', '    "test": "echo fine",', true],
] as const)('holds in %s: %s', (path, line, old) => expect(linesReason(path, [line], old)).toBe('a setting that leaves tests out'));

it.each([
  ['pytest.ini', 'addopts = -q --strict-markers', true],
  ['pytest.ini', 'testpaths = tests', false],
  ['pyproject.toml', 'lint = "flake8 --ignore=E501"', true],
  ['pyproject.toml', '# norecursedirs = none', true],
  ['vitest.config.ts', "    coverage: { exclude: ['dist'] },", true],
  ['vite.config.ts', "  optimizeDeps: { exclude: ['a'] },", true],
  ['package.json', '    "test": "node --test",', true],
  ['package.json', String.raw`    "test": "echo \"Error: no test specified\" && exit 1"`, true],
  ['src/jest.ts', 'testPathIgnorePatterns: 1', true],
] as const)('lets pass in %s: %s', (path, line, old) => expect(linesReason(path, [line], old)).toBeNull());
