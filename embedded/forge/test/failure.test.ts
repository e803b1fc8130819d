import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Log } from '#log';
import { openDatabase } from '../store/database.ts';
import { stage } from './harness.ts';

/** A forge whose table of issues refuses new rows with these words. */
async function broken(words: string) {
  const logged: unknown[] = [];
  const quiet: Log = { error: (fields) => void logged.push(fields), warn: () => {}, info: () => {}, debug: () => {}, child: () => quiet };
  const on = await stage({ log: quiet });
  const database = openDatabase(join(on.folder, 'forge', 'forge.sqlite'));
  database.run(`CREATE TRIGGER broken BEFORE INSERT ON issues BEGIN SELECT RAISE(ABORT, '${words}'); END`);
  database.close();
  return { answer: await on.as.dev('POST', 'R/issues', { title: 'bug' }), logged };
}

it('a failure of its own is in its log, also after the body of the request was read', async () => {
  const { answer, logged } = await broken('out of order');
  expect(answer).toMatchObject({ status: 500, body: { message: 'internal error: see the log of the forge' } });
  expect(logged).toEqual([{ method: 'POST', path: '/api/v1/repos/demo/app/issues', error: expect.objectContaining({ message: 'out of order' }) }]);
});

it('a full disk is said to be one', async () => {
  const { answer, logged } = await broken('database or disk is full');
  expect(answer).toMatchObject({ status: 507, body: { message: 'the disk of the forge is full: free some space there, then try again' } });
  expect(logged).toHaveLength(1);
});
