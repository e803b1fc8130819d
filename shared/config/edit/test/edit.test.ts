import { describe, expect, it } from 'vitest';
import { ConfigError } from '#config';
import { type ConfigEdit, editConfig } from '../edit.ts';

const sample = `# the factory
[forge]
url = "https://forge.test" # ours

# -- agents ---------------
[agents.dev]            # the first one
role = "dev"
# schedule = "*/5 * * * *"

[agents.reviewer]
limits = { turns = 20 }

# -- backends -------------
[backends.main]
model = "m" # cheap
`;

const edit = (text: string, ...edits: readonly ConfigEdit[]): string => editConfig(text, edits);

describe('setting', () => {
  it('replaces a value in its place', () => {
    expect(edit(sample, { set: ['backends', 'main', 'model'], to: 'm-2' })).toBe(sample.replace('"m" #', '"m-2" #'));
  });

  it('adds a key after the last one of its table', () => {
    expect(edit(sample, { set: ['agents', 'dev', 'enabled'], to: false })).toBe(sample.replace('role = "dev"\n', 'role = "dev"\nenabled = false\n'));
  });

  it('adds a table after its kin, above the comment of the next one', () => {
    const result = edit(sample, { set: ['agents', 'dev-2'], to: { role: 'dev', projects: ['a', 'b'], limits: { turns: 5 } } });
    const table = '[agents.dev-2]\nrole = "dev"\nprojects = ["a", "b"]\n\n[agents.dev-2.limits]\nturns = 5\n\n';
    expect(result).toBe(sample.replace('# -- backends', `${table}# -- backends`));
  });

  it('keeps what is switched off by a comment with its own table', () => {
    const result = edit(sample, { set: ['agents', 'dev', 'limits', 'turns'], to: 5 });
    expect(result).toBe(sample.replace('* *"\n', '* *"\n\n[agents.dev.limits]\nturns = 5\n'));
  });

  it('adds a table without kin at the end, and keys of the top above all tables', () => {
    expect(edit(sample, { set: ['webhook', 'listen'], to: '127.0.0.1:1' })).toBe(`${sample}\n[webhook]\nlisten = "127.0.0.1:1"\n`);
    expect(edit('# about a\n[a]\n', { set: ['x'], to: 1 })).toBe('x = 1\n\n# about a\n[a]\n');
    expect(edit('', { set: ['a', 'b'], to: 1 })).toBe('[a]\nb = 1\n');
  });

  it('goes into inline tables and beside dotted keys', () => {
    expect(edit(sample, { set: ['agents', 'reviewer', 'limits', 'tokens'], to: 9 })).toBe(sample.replace('{ turns = 20 }', '{ turns = 20, tokens = 9 }'));
    expect(edit('a = {}\n', { set: ['a', 'b c'], to: true })).toBe('a = { "b c" = true }\n');
    expect(edit('[p.x]\nci.kind = "a"\nn = 1\n', { set: ['p', 'x', 'ci', 'url'], to: 'u' })).toBe('[p.x]\nci.kind = "a"\nci.url = "u"\nn = 1\n');
  });

  it('takes the line ends, the indent and the missing last line end of the file', () => {
    expect(edit('[a]\r\n  b = 1 # c\r\n', { set: ['a', 'd'], to: 2 })).toBe('[a]\r\n  b = 1 # c\r\n  d = 2\r\n');
    expect(edit('[a]\r\nb = 1', { set: ['c', 'd'], to: 2 })).toBe('[a]\r\nb = 1\r\n\r\n[c]\r\nd = 2\r\n');
  });

  it('adds to a list as the list is written', () => {
    expect(edit('l = ["a"] # c\n', { set: ['l'], to: ['a', 'b'] })).toBe('l = ["a", "b"] # c\n');
    expect(edit('l = [\n  "a", # one\n  "b" # two\n]\n', { set: ['l'], to: ['a', 'b', 'c'] })).toBe('l = [\n  "a", # one\n  "b", # two\n  "c"\n]\n');
    expect(edit('l = [\n  "a", # one\n]\n', { set: ['l'], to: ['b'] })).toBe('# one\nl = ["b"]\n');
  });

  it('leaves a value that is there already as it is written', () => {
    const text = "[a]\nb = 'x'\nn = 0x10\nl = [ 1,2 ]\n";
    expect(edit(text, { set: ['a'], to: { b: 'x', n: 16, l: [1, 2] } })).toBe(text);
  });
});

describe('removing', () => {
  it('takes the line of a key and leaves its comment', () => {
    expect(edit(sample, { remove: ['agents', 'dev', 'role'] })).toBe(sample.replace('role = "dev"\n', ''));
    expect(edit(sample, { remove: ['backends', 'main', 'model'] })).toBe(sample.replace('model = "m" # cheap', '# cheap'));
    expect(edit(sample, { remove: ['agents', 'reviewer', 'limits', 'turns'] })).toBe(sample.replace('{ turns = 20 }', '{}'));
  });

  it('takes a table with all below it, and leaves one empty line', () => {
    expect(edit(sample, { remove: ['agents', 'reviewer'] })).toBe(sample.replace('[agents.reviewer]\nlimits = { turns = 20 }\n\n', ''));
    expect(edit('[a]\nx = 1\n\n[a.b]\ny = 1\n\n[c]\n', { remove: ['a'] })).toBe('[c]\n');
    expect(edit('[c]\n\n[a]\nx = 1\n', { remove: ['a'] })).toBe('[c]\n');
  });

  it('of what is not there changes nothing', () => {
    expect(edit(sample, { remove: ['agents', 'merger'] }, { remove: ['forge', 'url', 'deep'] })).toBe(sample);
  });
});

describe('what cannot be', () => {
  it('is refused with the place and what to do', () => {
    expect(() => edit(sample, { set: ['forge', 'url', 'x'], to: 1 })).toThrow('disinto.toml:1: forge.url: is a value, not a table; remove it first');
    expect(() => edit(sample, { set: ['agents'], to: 1 })).toThrow('agents: is a table, not a value; remove it first');
    expect(() => edit('a = \n', { set: ['b'], to: 1 })).toThrow(/disinto\.toml:\d: this is not TOML/);
    expect(() => edit('[[a]]\nb = 1\n', { set: ['a'], to: 1 })).toThrow(ConfigError);
  });

  it('strings of any kind are written so that they are read back', () => {
    const odd = 'tab\t "quote" \\ back\nline \u0000 \u007F é 🦊';
    const text = edit('', { set: ['a', odd], to: odd });
    expect(edit(text, { set: ['a', odd], to: odd })).toBe(text);
  });
});
