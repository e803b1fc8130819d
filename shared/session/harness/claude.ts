import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SessionError } from '#session';
import type { Harness, Preparation, Program, RunRequest } from './harness.ts';
import { createClaudeReader } from './claude-events.ts';
import { baseUrlOf } from './endpoint.ts';
import { retriesFor } from './retries.ts';

/**
 * Claude Code. Proprietary: the user installs it. Its exit code and `subtype` say `success` for failed calls, so only `is_error`
 * counts. It works on the Anthropic Messages API alone.
 */
export const claude: Harness = {
  id: 'claude',
  apis: ['anthropic'],
  locate,
  prepare,
  createReader: createClaudeReader,
};

function locate(path: string): Program {
  const onPath = path
    .split(delimiter)
    .filter((folder) => folder !== '' && !folder.endsWith('node_modules/.bin'))
    .map((folder) => join(folder, 'claude'));
  const command = [...packaged(), ...onPath].find((file) => existsSync(file));
  if (command !== undefined) return { command, args: [] };
  throw new SessionError('missing-cli', 'Claude Code is not installed. Run `npm install -g @anthropic-ai/claude-code@2.1.328`, or choose `harness = "pi"`.');
}

/** Native binaries of the npm package. Its launcher in `node_modules/.bin` is a stub where install scripts are off. */
function packaged(): readonly string[] {
  const base = `@anthropic-ai/claude-code-${process.platform}-${process.arch}`;
  return [base, `${base}-musl`].flatMap((name) => {
    try {
      return [fileURLToPath(new URL('./claude', import.meta.resolve(`${name}/package.json`)))];
    } catch {
      return [];
    }
  });
}

function prepare(request: RunRequest): Preparation {
  const { conversation, limits } = request;
  return {
    args: [
      ...['-p', '--output-format', 'stream-json', '--verbose', '--include-partial-messages', '--model', request.model],
      ...(conversation.resume ? ['--resume', conversation.id] : ['--session-id', conversation.id]),
      ...['--permission-mode', 'bypassPermissions', '--tools', 'Bash,Edit,Read,Write', '--disable-slash-commands'],
      ...['--strict-mcp-config', '--setting-sources', '', '--max-turns', String(limits.turns)],
      ...(limits.usd === null ? [] : ['--max-budget-usd', String(limits.usd)]),
    ],
    env: {
      // As root it refuses to work unasked unless it is told that this is a sandbox.
      ...(process.getuid?.() === 0 ? { IS_SANDBOX: '1' } : {}),
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      // It would repeat a broken stream as one long silent call, which the idle bound cannot tell from a hang.
      CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK: '1',
      CLAUDE_CODE_MAX_RETRIES: String(retriesFor(limits).times),
      CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(request.outputTokens),
      API_TIMEOUT_MS: String(Math.round(limits.wallSeconds * 1000)),
      ANTHROPIC_BASE_URL: baseUrlOf(request.endpoint),
      ANTHROPIC_API_KEY: request.endpoint.key || 'none',
      // Its small side calls go to the same model: the endpoint may have no other.
      ANTHROPIC_SMALL_FAST_MODEL: request.model,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: request.model,
    },
    files: {},
  };
}
