import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { incidents } from './incidents.ts';

/** Tests of the same letters that mean another catalogue. */
const others = /^shared\/(agent|ledger)\//;

const title = /(['"`])((?:[MCILRBD]\d{1,2}(?:, )?)+: (?:(?!\1).)+)\1/g;

/** File → titles in it that begin with ids; rows of tables count. */
function titles(root: string): ReadonlyMap<string, readonly string[]> {
  const files = globSync(['{agents,shared,embedded,cli,test}/**/*.test.ts', 'test/contract/**/suite/*.ts'], { cwd: root }).toSorted();
  return new Map(files.map((file) => [file, [...readFileSync(join(root, file), 'utf8').matchAll(title)].map((found) => found[2] ?? '')]));
}

/** The page `docs/incidents.md`. Throws when a rule has neither a test nor a reason, or names a test that is not there. */
export function incidentTable(root: string): string {
  const known = titles(root);
  const rows = Object.entries(incidents).map(([id, incident]) => {
    const named = [...known].filter(([file, list]) => !others.test(file) && list.some((title) => idsOf(title).includes(id))).map(([file]) => file);
    const also = incident.also === undefined ? [] : [checked(root, id, incident.also)];
    if (named.length + also.length === 0 && incident.not === undefined)
      throw new Error(`${id} has neither a test whose title begins with it nor a reason in test/setup/incidents.ts`);
    const where = [...new Set([...named, ...also])].map((file) => `\`${file}\``).join(', ');
    return `| ${id} | ${incident.rule} | ${where === '' ? `does not apply: ${incident.not}` : where} |`;
  });
  return [
    '# Incidents and their tests',
    '',
    'Rules that exist because something broke once in a system like this one, and the tests that keep them. A test of a rule bears its',
    'id at the beginning of its title. Written by `node test/setup/incident-table.ts`.',
    '',
    '| Id | Rule | Tests |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function idsOf(title: string): readonly string[] {
  return (title.split(':')[0] ?? '').split(', ');
}

function checked(root: string, id: string, [file, title]: readonly [string, string]): string {
  if (!readFileSync(join(root, file), 'utf8').includes(title)) throw new Error(`${id}: ${file} has no test "${title}"`);
  return file;
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..', '..');
  writeFileSync(join(root, 'docs', 'incidents.md'), incidentTable(root));
}
