import { describe, expect, it } from 'vitest';
import { editConfig } from '../../../shared/config/edit/edit.ts';
import { CliError } from '../../command.ts';
import { type Candidate, decideHire } from '../hire/decide.ts';
import { checkName, familyOf, freeName, nameStem } from '../hire/name.ts';
import type { HireRequest } from '../hire/request.ts';
import { sample, sampleText } from './sample.ts';

const nothing: HireRequest = {
  file: '/etc/disinto/disinto.toml',
  backend: null,
  role: null,
  name: null,
  login: null,
  url: null,
  model: null,
  harness: null,
  keyFile: null,
  adminTokenFile: null,
  projects: [],
  yes: false,
  dryRun: false,
};

function decide(wish: Partial<HireRequest>, served: readonly string[] = [], text = sampleText): Promise<Candidate> {
  const present = sample(text);
  const taken = new Set(Object.keys(present.config.agents));
  return decideHire({ ...nothing, ...wish }, { present, taken, unfinished: () => null, probe: async ({ model }) => model ?? served[0] ?? 'none' });
}

describe('names', () => {
  it.each([
    ['claude-opus-4-5', 'opus'],
    ['claude-sonnet-4-5-20250929', 'sonnet'],
    ['gpt-5.1-codex', 'gpt'],
    ['qwen2.5-coder:32b', 'qwen2'],
    ['meta-llama/Llama-3-8b', 'llama'],
    ['7b', 'model'],
    ['123', 'model'],
  ])('%s is called %s', (model, family) => {
    expect(familyOf(model)).toBe(family);
    expect(checkName(freeName(nameStem('dev', model), new Set()))).toBe(`dev-${family}-1`);
  });

  it('the number is the first that is free', () => {
    expect(freeName('dev-opus', new Set(['dev-opus-1', 'dev-opus-2', 'dev-opus-4']))).toBe('dev-opus-3');
    expect(nameStem('merger', null)).toBe('merger');
  });

  it.each(['', 'Dev', '2dev', 'dev--2', 'dev-', 'dev_2', '../dev', 'x'.repeat(41), 'ci'])('%s names no agent', (name) => {
    expect(() => checkName(name)).toThrow(CliError);
  });
});

describe('a new agent', () => {
  it('takes the table of the file that is what was asked for', async () => {
    const { name, role, settings, edits } = await decide({ backend: 'anthropic' });
    expect({ name, role, backend: settings.backend, identity: settings.identity }).toEqual({
      name: 'dev-sonnet-1',
      role: 'dev',
      backend: 'anthropic',
      identity: 'dev-sonnet-1-bot',
    });
    expect(edits).toHaveLength(1);
  });

  it('gets a table of its own for another model, and agents that used the only backend name it from now on', async () => {
    const { name, edits, config } = await decide({ backend: 'anthropic', model: 'claude-opus-4-5', role: 'reviewer', projects: ['gadgets'] });
    expect(name).toBe('reviewer-opus-1');
    expect(config.backends['anthropic-opus']).toMatchObject({ harness: 'claude', model: 'claude-opus-4-5', keyFile: '/etc/disinto/secrets/anthropic.key' });
    expect(config.agents['dev']?.backend).toBe('anthropic');
    const text = editConfig(sampleText, edits);
    expect(text).toContain('[backends.anthropic-opus]\nharness = "claude"\n');
    expect(text).toContain(
      'key-file = "secrets/anthropic.key"\n\n[agents.dev]\nidentity = "dev-bot"\ntoken-file = "secrets/dev.token"\npassword-file = "secrets/dev.password"\nbackend = "anthropic"\n',
    );
    expect(text).toContain('\n\n[agents.reviewer-opus-1]\nrole = "reviewer"\nbackend = "anthropic-opus"\n');
    expect(text).toContain('projects = ["gadgets"]');
  });

  it('on a server of ones own has the model that is served there, and no key unless one is named', async () => {
    const { name, config } = await decide({ backend: 'llama', url: 'http://127.0.0.1:8080' }, ['qwen3-coder']);
    expect(name).toBe('dev-qwen3-1');
    expect(config.backends['llama']).toMatchObject({
      harness: 'pi',
      api: 'openai-chat',
      baseUrl: 'http://127.0.0.1:8080',
      model: 'qwen3-coder',
      keyFile: null,
    });
  });

  it('never takes the key of one server to another', async () => {
    const { config } = await decide({ backend: 'anthropic', url: 'http://127.0.0.1:9000', model: 'claude-opus-4-5' });
    expect(config.backends['anthropic-opus']).toMatchObject({ baseUrl: 'http://127.0.0.1:9000', keyFile: null });
  });

  it('on the claude CLI speaks its protocol', async () => {
    const { config } = await decide({ backend: 'ollama', harness: 'claude', model: 'm' });
    expect(config.backends['ollama']).toMatchObject({ harness: 'claude', api: 'anthropic' });
  });

  it('goes on with the name that a call chose before it was cut off', async () => {
    const present = sample();
    const { name } = await decideHire(
      { ...nothing, backend: 'anthropic' },
      { present, taken: new Set(['dev-sonnet-3']), unfinished: () => 'dev-sonnet-3', probe: async () => '' },
    );
    expect(name).toBe('dev-sonnet-3');
  });

  it('that is a merger needs no backend', async () => {
    const { name, settings } = await decide({ role: 'merger' });
    expect([name, settings.backend]).toEqual(['merger-1', null]);
    await expect(decide({ role: 'merger', backend: 'anthropic' })).rejects.toThrow('holds no sessions');
  });
});

describe('an agent of the file', () => {
  it('is the same again: nothing changes', async () => {
    const { edits, returns } = await decide({ name: 'dev', backend: 'anthropic', role: 'dev' });
    expect([edits, returns]).toEqual([[], false]);
  });

  it('that was fired returns as it was', async () => {
    const { edits, returns, settings } = await decide({ name: 'dev-2' });
    expect([returns, settings.enabled, settings.role]).toEqual([true, true, 'dev']);
    const text = editConfig(sampleText, edits);
    expect(text).toContain('[agents.dev-2]\nidentity = "dev-2-bot"\n');
    expect(text).not.toContain('enabled');
    expect(text).toContain('# on leave');
  });

  it.each([
    [{ role: 'reviewer' as const }, 'a dev'],
    [{ login: 'other-bot' }, 'with the account dev-bot'],
    [{ projects: ['gadgets'] }, 'on all projects'],
    [{ backend: 'anthropic', model: 'claude-opus-4-5' }, 'on the backend anthropic'],
  ])('cannot be hired as something else: %o', async (wish, is) => {
    await expect(decide({ name: 'dev', ...wish })).rejects.toThrow(`there is an agent dev already, ${is}`);
  });
});

it.each([
  [{ backend: 'antropic' }, 'did you mean `anthropic`?'],
  [{ backend: 'llama' }, 'say where it is served, with --url'],
  [{ role: 'dev' as const }, 'say on which backend, such as disinto hire anthropic --role dev'],
  [{ role: 'merger' as const, model: 'm', url: 'http://x' }, '--url, --model: say for which backend'],
  [{ backend: 'anthropic', projects: ['widget'] }, 'there is no project widget; did you mean `widgets`?'],
  [{ backend: 'anthropic', login: 'reviewer' }, 'is the account of reviewer already'],
])('%o is refused: %s', async (wish, says) => {
  await expect(decide(wish)).rejects.toThrow(says);
});
