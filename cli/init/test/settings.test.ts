import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../../../shared/config/load.ts';
import { newConfigText } from '../config-text.ts';
import type { InitOptions } from '../options.ts';
import { createSecretFiles } from '../secret-files.ts';
import { resolveSettings } from '../settings.ts';
import { unwritable } from '../steps/config-file.ts';

function inFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'disinto-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const options = (folder: string, more: Partial<InitOptions> = {}): InitOptions => ({
  forgeUrl: 'http://forge.example',
  repository: 'acme/Widgets',
  config: join(folder, 'disinto.toml'),
  adminTokenFile: null,
  yes: true,
  dryRun: false,
  json: false,
  instance: null,
  project: null,
  from: null,
  private: false,
  maintainer: null,
  webhookUrl: null,
  listen: null,
  backend: { url: null, model: null, api: null, keyFile: null },
  logins: {},
  ...more,
});
const found = { forgeUrl: 'http://forge.example', me: 'alice', branch: 'trunk', isPrivate: false, localAddress: '10.0.0.7' };

describe('what init decides', () => {
  it('from nothing: three agents, the CI, and a webhook where the forge sees us', () => {
    const settings = resolveSettings(options(inFolder()), found);
    expect(settings.accounts.map(({ agent, login }) => `${agent} ${login}`)).toEqual([
      'dev dev-bot',
      'reviewer reviewer-bot',
      'merger merger-bot',
      'ci ci-bot',
    ]);
    expect(settings).toMatchObject({ ops: 'acme/Widgets-ops', listen: '10.0.0.7:8088', hookUrl: 'http://10.0.0.7:8088/' });
    expect(settings.project).toMatchObject({ name: 'widgets', branch: 'trunk', maintainers: ['alice'] });
    const text = newConfigText(settings.wanted);
    expect(parseConfig(text, settings.file)).toEqual(settings.config);
  });

  it('keeps what a file says, and adds only what is missing', () => {
    const folder = inFolder();
    const text =
      '# mine\n[forge]\nurl = "http://forge.example/"\n\n[agents.dev-2]\nidentity = "old-dev" # theirs\nbackend = "own"\n\n[backends.own]\nbase-url = "http://m.example"\nmodel = "m"\n';
    writeFileSync(join(folder, 'disinto.toml'), text);
    const { config, wanted } = resolveSettings(options(folder), found);
    expect(Object.keys(config.agents)).toEqual(['dev-2', 'reviewer', 'merger']);
    expect(config.agents['dev-2']).toMatchObject({ identity: 'old-dev', backend: 'own', tokenFile: join(folder, 'secrets/dev-2.token') });
    expect(Object.keys(config.backends)).toEqual(['own']);
    expect(wanted).not.toHaveProperty('forge');
  });

  it('says what contradicts the file before anything happens', () => {
    const folder = inFolder();
    writeFileSync(join(folder, 'disinto.toml'), '[forge]\nurl = "http://other.example"\n');
    expect(() => resolveSettings(options(folder), found)).toThrow('forge.url is "http://other.example" there, not "http://forge.example"');
  });

  it('refuses an option that changes nothing, because the file says otherwise, and takes one that says the same', () => {
    const folder = inFolder();
    const first = options(folder, { listen: '10.0.0.7:9000', logins: { dev: 'acme-dev' } });
    writeFileSync(first.config, newConfigText(resolveSettings(first, found).wanted));
    const asked = (more: Partial<InitOptions>) => (): unknown => resolveSettings(options(folder, more), found);
    const backend = { url: null, model: null, api: null, keyFile: null };
    const refused: readonly (readonly [Partial<InitOptions>, string])[] = [
      [{ maintainer: 'bob' }, 'projects.widgets.maintainers is ["alice"] there, not "bob"'],
      [{ logins: { dev: 'other-dev' } }, 'agents.dev.identity is "acme-dev" there, not "other-dev"'],
      [{ logins: { ci: 'other-ci' } }, 'projects.widgets.ci.account is "ci-bot" there'],
      [{ logins: { foo: 'x' } }, 'there is no agent foo, only dev, reviewer, merger, ci'],
      [{ project: 'other' }, 'the name of the project of acme/Widgets is "widgets" there, not "other"'],
      [{ webhookUrl: 'http://h.example/' }, 'webhook.url is not set there, not "http://h.example/"'],
      [{ backend: { ...backend, model: 'm' } }, 'no backend is as --model m says'],
      [{ backend: { ...backend, url: 'http://m.example', model: 'm' } }, '--backend-url http://m.example --model m says'],
      [{ instance: 'other' }, 'instance.name is "disinto" there, not "other"'],
      [{ repository: 'bob/widgets' }, 'name this project otherwise with --project NAME'],
      [{ forgeUrl: null }, 'forge.embedded is false there'],
    ];
    for (const [more, text] of refused) expect(asked(more)).toThrow(text);
    for (const more of [first, { maintainer: 'Alice' }, { backend: { ...backend, model: 'claude-sonnet-4-5' } }, { project: 'widgets' }])
      expect(asked(more)).not.toThrow();
    expect(resolveSettings(options(folder, { repository: 'bob/widgets', project: 'bobs' }), found).project).toMatchObject({ name: 'bobs' });
  });

  it('names no file that is not there yet, and no ops repo that no forge takes', () => {
    const call = (more: Partial<InitOptions>) => (): unknown => resolveSettings(options(inFolder(), more), found);
    expect(call({ logins: { dev: 'a', reviewer: 'a' } })).toThrow(expect.objectContaining({ code: 2, message: expect.not.stringContaining('disinto.toml:1') }));
    expect(call({ backend: { url: null, model: null, api: 'openai-chat', keyFile: null } })).toThrow('these options do not go together');
    expect(call({ repository: `acme/${'a'.repeat(98)}` })).toThrow('name another with ops = "owner/name"');
  });

  it('posts to the given address, and listens on every one when told so', () => {
    const folder = inFolder();
    expect(resolveSettings(options(folder, { listen: '0.0.0.0:9000' }), found).hookUrl).toBe('http://10.0.0.7:9000/');
    expect(resolveSettings(options(folder, { webhookUrl: 'https://hooks.example/x' }), found).hookUrl).toBe('https://hooks.example/x');
  });
});

it('a folder that cannot be written to, or whose place is taken, is an obstacle', () => {
  const folder = inFolder();
  writeFileSync(join(folder, 'plain'), '');
  expect(unwritable([folder, join(folder, 'secrets', 'deeper')])).toBeNull();
  expect(unwritable([folder, join(folder, 'plain', 'secrets')])).toMatchObject({
    state: 'impossible',
    reason: `nothing can be written to ${join(folder, 'plain', 'secrets')}: ${join(folder, 'plain')} is in the way: it is not a folder`,
  });
});

it('a secret is written for its owner alone, over what a killed run left, and known to the mask', () => {
  const folder = inFolder();
  const known: string[] = [];
  const files = createSecretFiles({ add: (secret) => void known.push(secret) });
  const path = join(folder, 'secrets', 'dev.token');
  expect(files.read(path)).toBeNull();
  files.write(path, 'first-secret');
  writeFileSync(`${path}.new`, 'half', { mode: 0o644 });
  files.write(path, 'second-secret');
  expect(readFileSync(path, 'utf8')).toBe('second-secret\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
  expect(known).toEqual(['first-secret', 'second-secret']);
});
