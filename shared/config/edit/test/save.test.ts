import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '#config';
import { createConfigFile, editConfigFile } from '../save.ts';

const sample = '[forge]\nurl = "http://forge.test" # ours\n\n[projects.demo]\nrepository = "a/b"\n\n[agents.merger]\n';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'disinto-edit-'));
  file = join(folder, 'disinto.toml');
  writeFileSync(file, sample);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('editConfigFile', () => {
  it('puts the edited text in the place of the file, with its mode, and says when nothing changed', async () => {
    chmodSync(file, 0o640);
    const edits = [{ set: ['agents', 'merger', 'enabled'], to: false }] as const;
    const first = await editConfigFile(file, edits);
    expect(first).toMatchObject({ changed: true, text: `${sample}enabled = false\n` });
    expect(first.config.agents['merger']).toMatchObject({ enabled: false });
    expect(readFileSync(file, 'utf8')).toBe(first.text);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(await editConfigFile(file, edits)).toMatchObject({ changed: false, text: first.text });
    expect(readdirSync(folder)).toEqual(['disinto.toml']);
  });

  it('checks what comes out before anything is written', async () => {
    await expect(editConfigFile(file, [{ set: ['agents', 'merger', 'role'], to: 'mergr' }])).rejects.toThrow(/agents\.merger\.role/);
    await expect(editConfigFile(file, [{ remove: ['agents'] }])).rejects.toThrow(ConfigError);
    expect(readFileSync(file, 'utf8')).toBe(sample);
  });

  it('edits the file that a link names, and keeps the link', async () => {
    mkdirSync(join(folder, 'etc'));
    const link = join(folder, 'etc', 'disinto.toml');
    symlinkSync(file, link);
    await editConfigFile(link, [{ set: ['instance', 'name'], to: 'x' }]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain('[instance]\nname = "x"\n');
  });

  it('leaves the old file when the new one cannot be written', async () => {
    mkdirSync(join(folder, `.disinto.toml.${process.pid}.new`));
    await expect(editConfigFile(file, [{ set: ['instance', 'name'], to: 'x' }])).rejects.toThrow();
    expect(readFileSync(file, 'utf8')).toBe(sample);
  });
});

it('on a disk that takes no more the file stays as it was, and nothing is left beside it', () => {
  const long = `${sample}# ${'x'.repeat(3000)}\n`;
  writeFileSync(file, long);
  const edit = `import { editConfigFile } from ${JSON.stringify(new URL('../save.ts', import.meta.url).href)};
    await editConfigFile(${JSON.stringify(file)}, [{ set: ['instance', 'name'], to: 'x' }]).catch(({ code }) => console.log(code));`;
  const limited = ['--fsize=1024', process.execPath, '--input-type=module', '--eval', edit];
  expect(execFileSync('prlimit', limited, { encoding: 'utf8' })).toBe('EFBIG\n');
  expect(readFileSync(file, 'utf8')).toBe(long);
  expect(readdirSync(folder)).toEqual(['disinto.toml']);
});

describe('createConfigFile', () => {
  it('writes a checked file once', async () => {
    const other = join(folder, 'other.toml');
    await createConfigFile(other, sample);
    expect(readFileSync(other, 'utf8')).toBe(sample);
    await expect(createConfigFile(other, sample)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(createConfigFile(join(folder, 'bad.toml'), '[forge]\n')).rejects.toThrow(ConfigError);
    expect(readdirSync(folder).toSorted()).toEqual(['disinto.toml', 'other.toml']);
  });
});
