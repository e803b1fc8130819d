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
  ['AWS access key', join('export AWS_KEY=AK', 'IAIOSFODNN7EXAMPLE')],
  ['AWS access key', join(String.raw`printf '\0AK`, 'IA1234567890ABCDEF_x')],
  ['AWS secret key', join('aws_secret_access_key = wJalrXUtnFEMI', '/K7MDENG/bPxRfiCYEXAMPLEKEY')],
  ['GitHub token', join('gh', 'p_0123456789abcdefghijklmnopqrstuvwxyz')],
  ['GitHub token', join(String.raw`"\0gh`, 'p_', 'a'.repeat(36))],
  ['Slack token', join('xo', 'xb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx')],
  ['JWT', join('Authorization: Bearer ey', 'JhbGciOiJIUzI1NiJ9.ey', 'JzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U')],
  ['secret in an assignment', `curl -H "Authorization: Bearer ${body}"`],
  ['Telegram token', join('bot = "123456789:A', 'A', body.slice(0, 33), '"')],
  ['Azure key', join('DefaultEndpointsProtocol=https;Account', 'Key=', 'Ab3+'.repeat(21), 'Ab==;')],
  ['Vault token', join('VAULT_TOKEN=hv', 's.CAESI', body)],
  ['DigitalOcean token', join('do', 'p_v1_', '0123456789abcdef'.repeat(4))],
  ['Google key', join('AI', 'za', 'A'.repeat(35))],
  ['npm token', join('npm', '_', '0'.repeat(36))],
  ['OpenAI key', join(String.raw`\nsk`, '-', body, 'Zk3Qp8vT1mWx')],
  ['password in a netrc file', `machine forge.corp login u password ${body.slice(0, 12)}`],
  ['password in a URL', 'postgres://u:hunter2hunter2@host'],
  ['password in a URL', 'DATABASE_URL=mysql://admin:S3cr3t-Pa55w0rd!@db.example.com:3306/app'],
];

const harmless: readonly string[] = [
  'const token = process.env.GITHUB_TOKEN;',
  'password: string;',
  'const password = "correct horse battery staple";',
  'API_KEY=your-api-key-here-0123456789',
  'apiKey: "sk-ant-xxxxxxxxxxxxxxxxxxxxxxxx"',
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
  'postgres://user:password@db/app',
  'postgres://app:${DB_PASSWORD}@db/app and https://<user>:<password>@host',
  'redis://user:your-password-1@cache:6379',
  'mysql://root:Secr3tRootRoot@127.0.0.1/app',
  'machine HOST login USER password PASSWORD',
  'the machine has a login and a password for everybody',
  'Authorization: Bearer ${token}',
  'headers: { Authorization: "Bearer test-token-0123456789" }',
  '"resolved": "a-1.0.0.tgz#da39a3ee5e6b4b0d3255bfef95601890afd80709"',
  'id: 6f9619ff-8b86-d011-b42d-00cf4fc964ff',
  'disk-abcdefghijklmnopqrstuvwxyz0123456789abcdefghijkl',
  'const risk_live_value = hvs.toString(); npm_config_registry_of_the_whole_machine=1',
  'pem.replace("-----BEGIN PRIVATE KEY-----", "").replace("-----END PRIVATE KEY-----", "")',
  String.raw`-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`.replace(body, '${key}'),
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

  it('finds a private key with any body, as long as there is one', () => {
    const begin = join('-----BEGIN RSA ', 'PRIVATE KEY-----');
    const end = '-----END RSA PRIVATE KEY-----';
    expect(secretsIn(begin, ['MIIEow==', end])).toEqual(['private key']);
    expect(secretsIn(begin, ['not a real key', end])).toEqual(['private key']);
    expect(secretsIn(begin, ['MIIEowIBAAKCAQEA'])).toEqual(['private key']);
    expect(secretsIn(begin, ['Proc-Type: 4,ENCRYPTED', 'DEK-Info: AES-128-CBC,00'])).toEqual(['private key']);
    expect(secretsIn(`  "${begin}\\n" +`, ['  "MIIEow==\\n" +', `  "${end}\\n"`])).toEqual(['private key']);
    expect(secretsIn(String.raw`key: "${begin}\nfake\n${end}"`)).toEqual(['private key']);
    expect(secretsIn(begin, [end])).toEqual([]);
    expect(secretsIn(begin, ['...', end])).toEqual([]);
    expect(secretsIn(begin, ['${body}', end])).toEqual([]);
    expect(secretsIn(`const begin = '${begin}';`, [`const end = '${end}';`, 'const bodyOfTheWholeKey = 1;'])).toEqual([]);
  });

  it('finds a netrc over several lines', () => {
    expect(secretsIn('machine forge.corp', ['  login u', '  password hunter2hunter2'])).toEqual(['password in a netrc file']);
  });

  it('finds it anywhere in a very long line, in time that grows with its length only', () => {
    const long = `${'var a=1;'.repeat(50_000)}${join('gh', 'p_', body)}${'token'.repeat(20_000)}`;
    expect(secretsIn(long)).toEqual(['GitHub token']);
  });
});
