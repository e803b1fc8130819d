import { expect, it } from 'vitest';
import { findFacts } from '../facts.ts';
import { findLostLines } from '../lost-lines.ts';
import { createRepository, type Files, type Repository } from './repository.ts';
import { pullRequest } from '#domain/test/sample';

const lines = (...names: string[]): string => `${names.join('\n')}\n`;
const start = { 'a.txt': lines('one', 'two', 'three', 'four', 'five', 'six'), 'b.txt': lines('b') };

async function facts(repository: Repository, branch = 'fix'): Promise<readonly string[]> {
  const git = await repository.open();
  const [tip, head] = await Promise.all(['main', branch].map((name) => git.resolve(`refs/heads/${name}`)));
  const base = await git.mergeBase(tip!, head!);
  return findFacts(git, { ...pullRequest(4), head: head! }, tip!, await git.listChangedFiles(base!, head!));
}

async function lost(repository: Repository): Promise<readonly string[]> {
  const git = await repository.open();
  const [tip, head] = await Promise.all(['main', 'fix'].map((name) => git.resolve(`refs/heads/${name}`)));
  return (await findLostLines(git, head!, tip!)).map((one) => `${one.path} ${one.lost}/${one.added}`);
}

it('M12: a branch that is behind and merges cleanly loses nothing', async () => {
  const repository = createRepository(start);
  repository.commit('fix', { 'a.txt': lines('ONE', 'two', 'three', 'four', 'five', 'six') }, 'main');
  repository.commit('main', { 'a.txt': lines('one', 'two', 'three', 'four', 'five', 'six', 'seven') });
  expect(await lost(repository)).toEqual([]);
  expect(await facts(repository)).toEqual([expect.stringContaining('Nothing stands out')]);
});

it.each<[string, Files, readonly string[]]>([
  ['keeps only its own side', { 'a.txt': lines('ONE', 'two', 'three', 'four', 'five', 'six') }, ['a.txt 2/2']],
  ['keeps half', { 'a.txt': lines('ONE', 'two', 'three', 'four', 'five', 'six', 'seven') }, ['a.txt 1/2']],
  ['keeps both', { 'a.txt': lines('ONE', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight') }, []],
])('M12: a resolution that %s', async (_, resolution, expected) => {
  const repository = createRepository(start);
  repository.commit('fix', { 'a.txt': lines('ONE', 'two', 'three', 'four', 'five', 'six') }, 'main');
  repository.commit('main', { 'a.txt': lines('one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight') });
  repository.merge('fix', 'main', resolution);
  expect(await lost(repository)).toEqual(expected);
  const found = await facts(repository);
  expect(found.some((fact) => fact.startsWith('LOST: a.txt'))).toBe(expected.length > 0);
});

it('M12: a file that the branch deletes on purpose is no loss, one that it does not touch neither', async () => {
  const repository = createRepository(start);
  repository.commit('fix', { 'b.txt': null }, 'main');
  repository.commit('main', { 'a.txt': lines('zero'), 'c.txt': lines('new') });
  expect(await lost(repository)).toEqual([]);
});

it('R8: every line that leaves an infrastructure file is shown', async () => {
  const repository = createRepository({ ...start, 'docker-compose.yml': lines('services:', '  app:', '    restart: always', '    volumes: [data]') });
  repository.commit('fix', { 'docker-compose.yml': lines('services:', '  app:'), Dockerfile: lines('FROM x') }, 'main');
  const found = await facts(repository);
  expect(found).toContainEqual(expect.stringMatching(/^INFRASTRUCTURE: docker-compose\.yml is modified.*Removed: restart: always \| volumes: \[data\]$/));
  expect(found).toContainEqual(expect.stringMatching(/^INFRASTRUCTURE: Dockerfile is added.*No line is removed/));
});

it('R8: a file out of proportion, and a binary one', async () => {
  const repository = createRepository(start);
  const many = Array.from({ length: 200 }, (_, at) => `line ${at}`);
  repository.commit('fix', { 'a.txt': lines(...many), 'b.txt': lines('c'), 'blob.bin': '\0\0\0' }, 'main');
  const found = await facts(repository);
  expect(found).toContainEqual(expect.stringMatching(/^SCOPE: a\.txt changes \d+ lines/));
  expect(found).toContainEqual('BINARY: blob.bin cannot be read in a diff');
});
