import { ForgeError } from '#forge';

export interface Page<T> {
  readonly items: readonly T[];
  /** `X-Total-Count`, or null. */
  readonly total: number | null;
}

/**
 * exact: the total counts what is listed · filtered: the forge counts items that it then hides, so fewer may come ·
 * uncounted: the total counts the page only (timelines), so the list ends with the first empty page.
 */
export type Counting = 'exact' | 'filtered' | 'uncounted';

export const pageLimit = 50;
const mostPages = 2000;
const mostRounds = 3;

interface Reading<T> {
  readonly what: string;
  readonly counting: Counting;
  readonly read: (page: number) => Promise<Page<T>>;
  readonly idOf: (item: T) => number;
}

/**
 * Reads a list to its end. Items that shift onto the next page while we read come once; a list that loses items while we read
 * is read again from the start. Throws `ForgeError` rather than return less than there is.
 */
export async function readPages<T>(reading: Reading<T>): Promise<readonly T[]> {
  for (let round = 1; round <= mostRounds; round += 1) {
    const items = await readRound(reading);
    if (items !== null) return items;
  }
  throw new ForgeError('unavailable', `${reading.what}: the list changed each of the ${mostRounds} times it was read; try again`);
}

/** Null: the list changed under our hands so that items may be missing. */
async function readRound<T>({ what, counting, read, idOf }: Reading<T>): Promise<readonly T[] | null> {
  const found = new Map<number, T>();
  let firstTotal: number | null = null;
  for (let number = 1; number <= mostPages; number += 1) {
    const { items, total } = await read(number);
    if (number === 1) firstTotal = total;
    else if (counting === 'exact' && total !== firstTotal) return null;
    if (number > 1 && items.length > 0 && items.every((item) => found.has(idOf(item)))) {
      throw new ForgeError('malformed', `${what}: page ${number} repeats what came before; the forge does not page this list`);
    }
    for (const item of items) found.set(idOf(item), item);
    if (isLast(counting, items.length, found.size, total)) {
      return counting === 'exact' && total !== null && found.size < total ? null : [...found.values()];
    }
  }
  throw new ForgeError('malformed', `${what}: more than ${mostPages} pages`);
}

function isLast(counting: Counting, pageSize: number, foundSize: number, total: number | null): boolean {
  if (pageSize === 0) return true;
  if (counting === 'uncounted') return false;
  return total === null ? pageSize < pageLimit : foundSize >= total;
}
