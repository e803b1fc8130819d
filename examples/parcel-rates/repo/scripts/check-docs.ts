import { readFileSync } from 'node:fs';
import { rates } from '../src/rates.ts';

const rows = readFileSync(new URL('../docs/rates.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));

const wanted = Object.entries(rates).map(([zone, steps]) => [zone, ...steps.map((step) => (step.cents / 100).toFixed(2))].join(' '));
const found = new Set(rows.map((row) => row.join(' ')));
const missing = wanted.filter((row) => !found.has(row));

for (const row of missing) console.error(`docs/rates.md lacks the row: ${row}`);
if (missing.length > 0) process.exitCode = 1;
else console.log('docs/rates.md says what src/rates.ts says');
