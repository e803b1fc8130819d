import { describe, expect, it } from 'vitest';
import { ForgeError } from '#forge';
import { type Counting, type Page, readPages } from './pages.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** Reads a list whose n-th request gets the n-th page given (empty beyond). */
async function read(counting: Counting, ...pages: Page<number>[]): Promise<{ items: readonly number[]; asked: number[] }> {
  const asked: number[] = [];
  const next = (page: number): Promise<Page<number>> => {
    asked.push(page);
    return Promise.resolve(pages[asked.length - 1] ?? { items: [], total: pages.at(-1)?.total ?? null });
  };
  return { items: await readPages({ what: 'list', counting, idOf: (each) => each, read: next }), asked };
}

describe('readPages', () => {
  it('one request when the total says that this is all', async () => {
    expect(await read('exact', { items: range(1, 50), total: 50 })).toEqual({ items: range(1, 50), asked: [1] });
  });

  it('follows the total when the forge caps its pages lower than asked', async () => {
    const { items, asked } = await read('exact', { items: range(1, 20), total: 45 }, { items: range(21, 40), total: 45 }, { items: range(41, 45), total: 45 });
    expect([items, asked]).toEqual([range(1, 45), [1, 2, 3]]);
  });

  it('without a total it goes on until a short page', async () => {
    expect(await read('exact', { items: range(1, 50), total: null }, { items: [51], total: null })).toEqual({ items: range(1, 51), asked: [1, 2] });
  });

  it('items that shift onto the next page come once', async () => {
    const { items } = await read('exact', { items: range(1, 50), total: 52 }, { items: [50, 51, 52], total: 52 });
    expect(items).toEqual(range(1, 52));
  });

  it('starts again when the list lost an item between two pages, so that none is skipped', async () => {
    const { items, asked } = await read(
      'exact',
      { items: range(1, 50), total: 60 },
      { items: range(52, 60), total: 59 },
      { items: range(2, 51), total: 59 },
      { items: range(52, 60), total: 59 },
    );
    expect([items, asked]).toEqual([range(2, 60), [1, 2, 1, 2]]);
  });

  it('throws rather than return less than the forge counts', async () => {
    await expect(read('exact', { items: [1], total: 2 })).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('reviews: hidden ones are counted but never listed', async () => {
    expect(await read('filtered', { items: [1, 2], total: 3 })).toEqual({ items: [1, 2], asked: [1, 2] });
  });

  it('timelines: their total counts the page only and pages may be short, so the list ends with an empty page', async () => {
    const { items, asked } = await read('uncounted', { items: range(1, 30), total: 30 }, { items: range(31, 40), total: 10 });
    expect([items, asked]).toEqual([range(1, 40), [1, 2, 3]]);
  });

  it('refuses an endpoint that gives the same page again and again', async () => {
    const page = { items: range(1, 50), total: null };
    const error: unknown = await read('uncounted', page, page, page).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ForgeError);
    expect(error).toMatchObject({ kind: 'malformed' });
  });
});
