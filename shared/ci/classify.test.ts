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
  [
    'docker pull',
    {
      log: 'Error response from daemon: Get "https://registry.example.org/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    },
    'infra',
  ],
  ['docker pull, in short', { log: 'docker pull timeout' }, 'infra'],
  ['docker pull, too often', { log: 'toomanyrequests: You have reached your pull rate limit.' }, 'infra'],
  ['Go, no answer', { log: 'go: example.org/m@v1: Get "https://proxy.example.org/m": dial tcp 192.0.2.7:443: i/o timeout' }, 'infra'],
  ['Go, no name', { log: 'Get "https://registry.example.org/v2/": dial tcp: lookup registry.example.org on 127.0.0.53:53: no such host' }, 'infra'],
  ['npm, no answer', { log: 'npm error code ETIMEDOUT\nnpm error network request to https://registry.example.org/x failed' }, 'infra'],
  ['npm, cut off', { log: 'npm error code ECONNRESET\nnpm error network aborted' }, 'infra'],
  ['git, cut off', { log: 'fetch-pack: read: Connection reset by peer' }, 'infra'],
  ['git, a server in trouble', { log: "fatal: unable to access 'https://git.example.org/x/': The requested URL returned error: 503" }, 'infra'],
  ['git, a repository that is not there', { log: "fatal: unable to access 'https://git.example.org/x/': The requested URL returned error: 404" }, 'change'],
  ['pip', { log: "WARNING: Retrying after 'NewConnectionError(<x>: [Errno -2] Name or service not known')'\nERROR: No matching distribution found" }, 'infra'],
  ['no network, in colour', { log: '\u001b[31mconnect ENETUNREACH 192.0.2.7:443\u001b[39m' }, 'infra'],
  ['curl, below its meter', { log: '  % Total    % Received % Xferd  Average Speed\ncurl: (6) Could not resolve host: example.org' }, 'infra'],
  ['a publish after tests that passed', { log: `expected failures: 0\n${'ok\n'.repeat(9)}npm error code ETIMEDOUT` }, 'infra'],
])('I8: %s', (_name, part, expected) => {
  expect(classify({ ...ended, ...part })).toBe(expected);
});

it.each([
  ['chai', 'AssertionError: expected "connection timed out" to equal "ok"'],
  ['in colour', '\u001b[31mAssertionError\u001b[39m: \u001b[31mexpected\u001b[39m connection timed out to equal ok'],
  ['jest', 'expect(received).toBe(expected) // Object.is equality\n\nExpected: "ok"\nReceived: connection timed out\n\n  at net.test.ts:4'],
  ['vitest, below its assertion', "AssertionError: expected 'a' to be 'b'\n\n- ok\n+ read ECONNRESET\n\n ❯ test/net.test.ts:4:9"],
  ['node:test', "error: 'ETIMEDOUT'\ncode: 'ERR_ASSERTION'\nname: 'AssertionError'"],
  ['pytest', "E   assert 'connection timed out' == 'ok'\nE     - ok\nE     + connection timed out"],
  ['Go', '    net_test.go:12: got dial tcp: i/o timeout, want nil'],
  ['JUnit', 'org.opentest4j.AssertionFailedError: Texts differ ==> was: <Connection timed out>'],
  ['quoted', 'panicked: called `Result::unwrap()` on an `Err` value: "connection timed out"'],
  ['quoted within quotes', 'not ok 1 - {\\"error\\":\\"connection timed out\\"}'],
  ['a server of its own', 'curl: (7) Failed to connect to localhost port 3000 after 0 ms'],
  ['a server of its own that died', 'read tcp 127.0.0.1:54321->127.0.0.1:8080: read: connection reset by peer'],
  ['noise before the assertion', `npm warn retry: connect ETIMEDOUT\n${'ok\n'.repeat(40)}AssertionError: 1 != 2`],
  ['noise long before the end', `curl: (6) Could not resolve host, will retry\n${'compiled\n'.repeat(60)}a.ts(1,1): error TS2322`],
])('I8: what a test says of the network is the failure of the change: %s', (_name, log) => {
  expect(classify({ ...ended, log })).toBe('change');
});
