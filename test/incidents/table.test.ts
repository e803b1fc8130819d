import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { incidentTable } from '../setup/incident-table.ts';

it('docs/incidents.md is current: node test/setup/incident-table.ts writes it', () => {
  const root = join(import.meta.dirname, '..', '..');
  expect(readFileSync(join(root, 'docs', 'incidents.md'), 'utf8')).toBe(incidentTable(root));
});
