import { describe, expect, it } from 'vitest';
import { type Forge, ForgeError } from '#forge';
import type { TestRepository } from '../world.ts';
import { createMatrix } from './matrix.ts';
import { renderMatrix } from './table.ts';

/** A repository whose adapter has these verbs. */
const having = (verbs: Partial<Forge>): TestRepository => {
  const forge = { repository: 'o/r', ...verbs } as unknown as Forge;
  return { forge: () => forge, forgeWith: () => forge } as unknown as TestRepository;
};

describe('the matrix of verbs and outcomes', () => {
  it('counts what a case declares and its calls bear out', async () => {
    const matrix = createMatrix();
    const forge = matrix.observe(having({ findIssue: () => Promise.resolve(null), ensureClosed: () => Promise.resolve() })).forge('dev');
    matrix.begin();
    await forge.findIssue(1);
    for (let turn = 1; turn <= 2; turn += 1) await forge.ensureClosed(1);
    matrix.shows('findIssue', 'null');
    matrix.shows('ensureClosed', 'done', 'again');
    expect([matrix.count('findIssue', 'null'), matrix.count('ensureClosed', 'again'), matrix.count('findIssue', 'found')]).toEqual([1, 1, 0]);
    expect(renderMatrix('a forge', matrix)).toMatch(/^findIssue .* found 0 · null 1$/m);
  });

  it('refuses a declaration that no call of the same case bears out', async () => {
    const matrix = createMatrix();
    const forge = matrix.observe(having({ findIssue: () => Promise.resolve(null) })).forge('dev');
    await forge.findIssue(1);
    expect(() => matrix.shows('findIssue', 'found')).toThrow('declares that it shows "findIssue found"');
    matrix.begin();
    expect(() => matrix.shows('findIssue', 'null')).toThrow('no call of it ended so');
    expect(matrix.faults()).toContain('findIssue null');
  });

  it('tells pairs that nothing showed, and outcomes that the registry holds for impossible', async () => {
    const matrix = createMatrix();
    const fails = having({ me: () => Promise.reject(new ForgeError('conflict', 'x')), findBranch: () => Promise.reject(new Error('odd')) });
    const forge = matrix.observe(fails).forge('dev');
    await expect(forge.me()).rejects.toThrow('x');
    await expect(forge.findBranch('main')).rejects.toThrow('odd');
    expect(matrix.faults()).toEqual(
      expect.arrayContaining(['me error conflict is held for impossible', 'mergePullRequest head-moved', 'createIssue error auth']),
    );
    expect(matrix.faults().some((each) => each.startsWith('findBranch error of another class'))).toBe(true);
  });

  it('tells lists apart by what fits on one page', async () => {
    const matrix = createMatrix();
    const of = (length: number): Promise<never[]> => Promise.resolve(Array.from({ length }) as never[]);
    const forge = matrix.observe(having({ listReviews: of, listOpenPullRequests: () => of(0) })).forge('dev');
    await Promise.all([forge.listReviews(0), forge.listReviews(50), forge.listReviews(51)]);
    matrix.shows('listReviews', 'none', 'some', 'many');
    expect(() => matrix.shows('listOpenPullRequests', 'none')).toThrow();
  });
});
