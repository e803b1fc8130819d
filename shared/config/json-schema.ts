import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { fileSchema } from './schema.ts';

/** JSON Schema of `disinto.toml` for editors, as the text of `docs/disinto.schema.json`. */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(fileSchema, { io: 'input', unrepresentable: 'any' });
  return `${JSON.stringify({ title: 'disinto.toml', ...schema }, null, 2)}\n`;
}

if (import.meta.main) writeFileSync(new URL('../../docs/disinto.schema.json', import.meta.url), jsonSchema());
