import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemChance, systemClock } from '../../shared/clock/system.ts';
import { openForge } from './forge.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'start-forge-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const options = (directory: string) => ({ directory, clock: systemClock, chance: systemChance });

it('a damaged database is named, with what to do, and left as it is', async () => {
  const directory = folder();
  const file = join(directory, 'forge.sqlite');
  writeFileSync(file, 'this is no database, whatever else it is\n'.repeat(100));
  const before = readFileSync(file);
  const opening = openForge('http://127.0.0.1:3080', options(directory));
  await expect(opening).rejects.toThrow(`${file} is damaged, and nothing was changed: put a backup of it there`);
  await expect(opening).rejects.not.toThrow('another port');
  expect(readFileSync(file)).toEqual(before);
  expect(readdirSync(directory).filter((name) => name.startsWith('forge.sqlite-'))).toEqual([]);
});

it('a folder where a forge runs is said, and nothing about ports', async () => {
  const directory = folder();
  const forge = await openForge('http://127.0.0.1:3080', options(directory));
  onTestFinished(() => forge.close());
  await expect(openForge('http://127.0.0.1:3080', options(directory), { taken: 'or do this' })).rejects.toThrow(
    new RegExp(`another forge runs in ${directory}: stop it first, or choose another directory; or do this$`),
  );
});
