import { describe, expect, it } from 'vitest';
import { createSecretRegistry } from './mask.ts';
import { createLog } from './pino.ts';

const canary = 'cAnary+42/p~Q"x y-7f3e9';

function leaks(text: string): boolean {
  return [canary, encodeURIComponent(canary), JSON.stringify(canary).slice(1, -1)].some((form) => text.includes(form));
}

describe('mask', () => {
  const secrets = createSecretRegistry();
  secrets.add(`${canary}\n`);

  it.each([
    ['as it is', `before ${canary} after`],
    ['in a URL', `https://forge.test/?access=${encodeURIComponent(canary)}&x=1`],
    ['in JSON', JSON.stringify({ note: canary })],
    ['twice', `${canary}${canary}`],
  ])('L16: hides a known secret %s', (_name, text) => {
    const clean = secrets.mask(text);
    expect(leaks(clean)).toBe(false);
    expect(clean).toContain('[masked]');
  });

  it.each(['', 'u', 'us', 'user:', 'longer-user:'])('hides a known secret in base64 after %j', (before) => {
    const header = Buffer.from(`${before}${canary}`).toString('base64');
    const clean = secrets.mask(`Basic ${header}`);
    const shown = Buffer.from(clean.replace('Basic ', '').replace('[masked]', ''), 'base64').toString();
    expect(clean).toContain('[masked]');
    expect(shown).not.toContain('42/p~Q');
  });

  it.each([
    'AKIAIOSFODNN7EXAMPLE',
    'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
    ['sk', 'ant', 'example', '0123456789abcdef'].join('-'),
    'Bearer abc.def-ghi_jkl',
    'Authorization: token 0123456789abcdef',
    '"authorization": "token 0123456789abcdef"',
    '{"token": "0123456789abcdef"}',
    String.raw`{"line":"{\"token\":\"0123456789abcdef\"}"}`,
    'FORGE_TOKEN=0123456789abcdef',
    'https://dev:0123456789abcdef@forge.test/a/b.git',
    String.raw`printf '\0ghp_abcdefghijklmnopqrstuvwxyz0123456789'`,
    String.raw`{"text":"env:\nFORGE_TOKEN=0123456789abcdef\nBearer abc.def-ghi_jkl"}`,
    String.raw`\0AKIAIOSFODNN7EXAMPLE_x`,
    String.raw`{"text":"a\nsk-abcdefghijkl0123456789abcdef"}`,
    String.raw`\0eyJhbGciOiJI0123456789abcdef.eyJzdWIiOiIxMjM0.0123456789abcdef`,
    'TOKEN=0123456789abcdef',
    '123456789:AAabcdefghijkl0123456789abcdef01234567',
    'hvs.CAESIabcdefghijkl0123456789abcdef',
    'machine forge.test login dev password 0123456789abcdef',
    'AccountName=a;AccountKey=0123456789abcdef0123456789abcdef==',
    '-----BEGIN OPENSSH PRIVATE KEY-----\n0123456789abcdef\n-----END OPENSSH PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\n0123456789abcdef (cut off)',
  ])('hides an unknown secret by its shape: %s', (text) => {
    const clean = createSecretRegistry().mask(text);
    expect(clean).toContain('[masked]');
    expect(clean).not.toMatch(/0123456789abcdef|AKIAIOS|abcdefghijkl|abc\.def/);
  });

  it('leaves ordinary text alone, and masked text too', () => {
    const text = 'The bearer of bad news: token counts {"tokens": 12}, see https://forge.test:3000/a@b and KEY=1';
    expect(secrets.mask(text)).toBe(text);
    const once = secrets.mask(`Bearer abcdefgh12345678 ${canary}`);
    expect(secrets.mask(once)).toBe(once);
  });

  it('does not take short values for secrets', () => {
    const registry = createSecretRegistry();
    registry.add('main');
    registry.add('');
    expect(registry.mask('the main branch')).toBe('the main branch');
  });

  it('masks a key file that is printed line by line', () => {
    const registry = createSecretRegistry();
    registry.add('-----BEGIN KEY-----\nAAAABBBBCCCCDDDDEEEEFFFF\n-----END KEY-----');
    expect(registry.mask('> AAAABBBBCCCCDDDDEEEEFFFF')).toBe('> [masked]');
  });

  it.each(['eyJ', '-eyJ', '_eyJ', 'eyJa.', 'sk-', 'Bearer ', '12345678:AA', 'machine a login b '])('takes time that grows with the length only: %j', (part) => {
    const clean = secrets.mask(`${part.repeat(100_000)} ${canary}`);
    expect(leaks(clean)).toBe(false);
  });

  it('gets through ten megabytes of one line', () => {
    const text = `${'x"token'.repeat(1_500_000)}${canary}`;
    expect(leaks(secrets.mask(text))).toBe(false);
  });
});

describe('createLog', () => {
  function record(format: 'json' | 'plain') {
    const lines: string[] = [];
    const secrets = createSecretRegistry();
    secrets.add(canary);
    return { lines, log: createLog({ level: 'debug', secrets, format, destination: { write: (line: string) => lines.push(line) } }) };
  }

  it.each(['json', 'plain'] as const)('L16: no field, error or bound field shows a secret (%s)', (format) => {
    const { lines, log } = record(format);
    const cause = new Error(`401 for ${canary}`);
    const child = log.child({ bound: canary });
    child.info({ note: canary, deep: { deeper: [canary] } }, 'with fields');
    child.warn({ err: new Error(`outer ${canary}`, { cause }) }, 'with an error');
    child.error({ url: `https://x/?t=${encodeURIComponent(canary)}`, json: JSON.stringify({ canary }) }, 'with a URL');
    child.debug({ password: 'p', headers: { authorization: 'a' } }, 'with names');
    const text = lines.join('');
    expect(lines).toHaveLength(4);
    expect(leaks(text)).toBe(false);
    expect(text).not.toMatch(/"p"|"a"|=p\b/);
  });

  it('writes one JSON object a line, with time, level and fields', () => {
    const { lines, log } = record('json');
    log.child({ agent: 'dev' }).info({ issue: 7 }, 'Run ended');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', agent: 'dev', issue: 7, msg: 'Run ended' });
  });

  it('writes a plain line for people', () => {
    const { lines, log } = record('plain');
    log.warn({ issue: 7, why: 'two words' }, 'Run waits');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}Run waits issue=7 why="two words"\n$/);
  });
});
