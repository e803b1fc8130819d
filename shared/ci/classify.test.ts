import { expect, it } from 'vitest';
import { classify } from './classify.ts';
import type { FailedStep } from './classify.ts';

const ended: FailedStep = { kind: 'step', exitCode: 1, signal: null, ended: null, log: 'expected 1 to be 2' };

it.each<readonly [string, Partial<FailedStep>, 'change' | 'infra']>([
  ['a failing test', {}, 'change'],
  ['a missing command', { exitCode: 127, log: 'foo: command not found' }, 'change'],
  ['exit 128 of a git command of the step itself', { exitCode: 128 }, 'change'],
  ['getting the code', { kind: 'clone', exitCode: 128, log: 'fatal: bad object' }, 'infra'],
  ['the workflow file', { kind: 'config', exitCode: null, log: 'key "x" is not supported; connection timed out' }, 'change'],
  ['killed for memory', { exitCode: 137 }, 'infra'],
  ['killed by signal', { exitCode: null, signal: 'SIGKILL' }, 'infra'],
  ['our time limit, by SIGKILL', { exitCode: 137, signal: 'SIGKILL', ended: 'wall' }, 'change'],
  ['ended by SIGTERM', { exitCode: 143, signal: 'SIGTERM' }, 'change'],
  ['no connection', { log: 'fatal: Failed to connect to example.org port 443' }, 'infra'],
  ['timed out', { log: 'dial tcp: Connection timed out' }, 'infra'],
  ['TLS', { log: 'net/http: TLS handshake timeout' }, 'infra'],
  ['names', { log: 'curl: (6) Could not resolve host: example.org' }, 'infra'],
  ['names of the resolver', { log: 'Temporary failure in name resolution' }, 'infra'],
  ['npm without names', { log: 'npm error code EAI_AGAIN' }, 'infra'],
  ['full disk', { log: 'write error: No space left on device' }, 'infra'],
])('I8: %s', (_name, part, expected) => {
  expect(classify({ ...ended, ...part })).toBe(expected);
});
