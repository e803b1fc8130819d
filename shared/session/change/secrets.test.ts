import { describe, expect, it } from 'vitest';
import { secretsIn } from './secrets.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const join = (...parts: readonly string[]): string => parts.join('');
const body = 'Zk3Qp8vT1mWx7LrB5nYd2CsH9jKe4GfA6uRo';

const leaks: readonly (readonly [string, string])[] = [
  ['AWS access key', join('key = AK', 'IAJ5Q7WERTZ8UIOP23')],
  ['GitHub token', join('export T=gh', 'p_', body)],
  ['GitHub token', join('github', '_pat_11ABCDEFG0', body, body)],
  ['GitLab token', join('gl', 'pat-', 'Zk3Qp8vT1mWx7LrB5nYd')],
  ['Slack token', join('xo', 'xb-2345678901-9876543210-', 'ZkQpvTmWxLrB')],
  ['Anthropic key', join('"sk', '-ant-api03-', body, '"')],
  ['OpenAI key', join('OPENAI: sk', '-proj-', body)],
  ['Google key', join('AI', 'za', body.slice(0, 35))],
  ['Stripe key', join('sk', '_live_', body.slice(0, 24))],
  ['npm token', join('//registry/:_authToken=npm', '_', body)],
  ['secret in an assignment', `const apiKey = "${body}";`],
  ['secret in an assignment', `{"client_secret": "${body}"}`],
  ['secret in an assignment', `DB_PASSWORD=${body.slice(0, 20)}`],
  ['secret in an assignment', `  auth-token: ${body}  # production`],
  ['secret in an assignment', `'password' => 'hT7$kk29!xQw'`],
  ['password in a URL', `postgres://app:${body.slice(0, 14)}@db.internal.corp/main`],
];

const harmless: readonly string[] = [
  'const token = process.env.GITHUB_TOKEN;',
  'password: string;',
  'const password = "correct horse battery staple";',
  'API_KEY=your-api-key-here-0123456789',
  'apiKey: "sk-ant-xxxxxxxxxxxxxxxxxxxxxxxx"',
  'export AWS_KEY=AKIAIOSFODNN7EXAMPLE',
  'token = "test-token-1a2b3c4d5e6f"',
  'secretName: my-service-credentials-2',
  'tokenize("abcdefghijklmnop1234")',
  '"integrity": "sha512-Zk3Qp8vT1mWx7LrB5nYd2CsH9jKe4GfA6uRoZk3Qp8vT1mWx7LrB5nYd2CsH9jKe4GfA6uRo=="',
  'if (line.includes("-----BEGIN RSA PRIVATE KEY-----")) return true;',
  'postgres://postgres:postgres@localhost:5432/test',
  'const passwordField = document.querySelector("#password-input-1");',
  'secret_token_file: /run/secrets/forge_token_1',
  'TOKEN=${GITHUB_TOKEN_FROM_HOST_1}',
  'commit 3f786850e387550fdab836ed7e6dc881de23001b',
];

describe('secretsIn', () => {
  it.each(leaks)('finds: %s (%#)', (rule, line) => expect(secretsIn(line)).toEqual([rule]));
  it.each(harmless)('lets pass: %s', (line) => expect(secretsIn(line)).toEqual([]));

  it('finds a private key by its body, on the same line or below', () => {
    const begin = join('-----BEGIN OPENSSH ', 'PRIVATE KEY-----');
    expect(secretsIn(begin, ['b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB'])).toEqual(['private key']);
    expect(secretsIn(`KEY="${begin}\\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB\\n"`)).toEqual(['private key']);
    expect(secretsIn(begin, ['is how such a file begins'])).toEqual([]);
  });

  it('finds it anywhere in a very long line, in time that grows with its length only', () => {
    const long = `${'var a=1;'.repeat(50_000)}${join('gh', 'p_', body)}${'token'.repeat(20_000)}`;
    expect(secretsIn(long)).toEqual(['GitHub token']);
  });
});
