import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadPlaybook, faults, tasks } from './playbook.ts';
import { readYaml } from './yaml.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const folders = ['examples', 'test/fixtures/demos'].flatMap((parent) =>
  readdirSync(join(root, parent))
    .map((name) => join(root, parent, name))
    .filter((folder) => existsSync(join(folder, 'playbook.yaml'))),
);
const read = <T>(folder: string, file: string, schema: z.ZodType<T>): T => {
  const result = readYaml(readFileSync(join(folder, file), 'utf8'), schema);
  if (!result.ok) throw new Error(`${file}: ${JSON.stringify(result.problems)}`);
  return result.value;
};
const playbookOf = (folder: string) => loadPlaybook(readFileSync(join(folder, 'playbook.yaml'), 'utf8'), 'playbook.yaml');

describe.each(folders)('%s', (folder) => {
  it('speaks of its own issues only, and expects an end for each', () => {
    const issues = read(folder, 'issues.yaml', z.array(z.object({ title: z.string() })));
    const titles = issues.map((issue) => issue.title);
    expect(titles).toEqual([...new Set(titles)]);
    const named = playbookOf(folder).entries.flatMap((entry) => (typeof entry.when.issue === 'string' ? [entry.when.issue] : []));
    expect(named.filter((title) => !titles.includes(title))).toEqual([]);
    const ends = read(folder, 'expect.yaml', z.object({ minimumMerges: z.int(), issues: z.array(z.object({ number: z.int(), state: z.string() })) }));
    expect(ends.issues.map((end) => end.number)).toEqual(issues.map((_, at) => at + 1));
    expect(ends.issues.filter((end) => end.state === 'merged').length).toBeGreaterThanOrEqual(ends.minimumMerges);
  });
});

it('the folders together play every fault at every task', () => {
  const played = new Set(
    folders.flatMap((folder) =>
      playbookOf(folder).entries.flatMap((entry) =>
        entry.items.flatMap((item) => (item.kind === 'fault' ? [`${entry.when.task ?? 'any'} ${item.fault}`] : [])),
      ),
    ),
  );
  const missing = tasks.flatMap((task) => faults.map((fault) => `${task} ${fault}`)).filter((pair) => !played.has(pair));
  expect(missing).toEqual([]);
});
