import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SessionError } from '#session';
import type { Endpoint, Harness, Preparation, Program, RunRequest } from './harness.ts';
import { baseUrlOf } from './endpoint.ts';
import { createPiReader } from './pi-events.ts';
import { retriesFor } from './retries.ts';

const apiNames: Readonly<Record<Endpoint['api'], string>> = {
  anthropic: 'anthropic-messages',
  'openai-chat': 'openai-completions',
  'openai-responses': 'openai-responses',
};

/**
 * pi. It has no bounds of its own and exits 0 whatever happens: bounds are ours, the outcome is read from its last message.
 * It runs on the Node that runs us, and reads nothing of the user's: no extensions, skills, templates, context files.
 */
export const pi: Harness = {
  id: 'pi',
  apis: ['anthropic', 'openai-chat', 'openai-responses'],
  locate,
  prepare,
  createReader: createPiReader,
};

function locate(): Program {
  const file = cliFile();
  if (file !== null && existsSync(file)) return { command: process.execPath, args: [file] };
  throw new SessionError('missing-cli', 'The coding agent pi is not installed. Run `npm ci` in the folder of disinto.');
}

function cliFile(): string | null {
  try {
    return fileURLToPath(new URL('./bundle/cli.js', import.meta.resolve('@earendil-works/pi-coding-agent')));
  } catch {
    return null;
  }
}

function prepare(request: RunRequest): Preparation {
  const flags = ['--no-extensions', '--no-skills', '--no-prompt-templates', '--no-themes', '--no-context-files', '--no-approve'];
  const retries = retriesFor(request.limits);
  return {
    args: [
      ...['--mode', 'json', '-p', '--provider', 'disinto', '--model', request.model],
      ...['--session-id', request.conversation.id, '--tools', 'read,bash,edit,write', ...flags],
    ],
    env: {
      PI_CODING_AGENT_DIR: `${request.home}/pi`,
      PI_OFFLINE: '1',
      PI_TELEMETRY: '0',
      ...(isPlain(request.endpoint.key) ? {} : { DISINTO_MODEL_KEY: request.endpoint.key }),
    },
    files: {
      'pi/models.json': JSON.stringify({ providers: { disinto: providerOf(request) } }),
      'pi/settings.json': JSON.stringify({
        retry: { enabled: true, maxRetries: retries.times, baseDelayMs: retries.delayMs },
        cacheWarming: 'off',
      }),
    },
  };
}

function providerOf({ endpoint, prices, ...request }: RunRequest) {
  const cost = { input: prices?.input ?? 0, output: prices?.output ?? 0, cacheRead: prices?.cached ?? 0, cacheWrite: prices?.input ?? 0 };
  const model = {
    id: request.model,
    name: request.model,
    reasoning: false,
    input: ['text'],
    cost,
    contextWindow: request.contextTokens,
    maxTokens: request.outputTokens,
  };
  return {
    baseUrl: baseUrlOf(endpoint),
    api: apiNames[endpoint.api],
    apiKey: isPlain(endpoint.key) ? endpoint.key || 'none' : '$DISINTO_MODEL_KEY',
    models: [model],
  };
}

/** pi reads `$NAME` and `!command` in a key: only what cannot be mistaken for either is written as it is. */
const isPlain = (key: string): boolean => /^[\w.:/+=~-]*$/.test(key);
