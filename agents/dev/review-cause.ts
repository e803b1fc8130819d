/** The cause of a round that addresses reviews: it names them, so that any later run can tell which of them still wait for their reply. */
export function reviewCause(reviews: readonly number[]): string {
  return `reviews ${reviews.join(', ')}`;
}

/** The reviews that such a cause names; empty for any other cause. */
export function reviewsOfCause(cause: string): readonly number[] {
  const list = /^reviews ([\d, ]+)$/.exec(cause)?.[1];
  return list === undefined ? [] : list.split(', ').map(Number);
}
