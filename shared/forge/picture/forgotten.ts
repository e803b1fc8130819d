/** Numbers whose state counts no more. One that is forgotten while it is being read must outlive that reading. */
export interface Forgotten {
  add(number: number): void;
  has(number: number): boolean;
  /** Those of now; the returned function is told when they were read, and keeps what was forgotten again since. */
  take(): { readonly numbers: ReadonlySet<number>; done(): void };
}

export function createForgotten(): Forgotten {
  /** Number → which forgetting it was. */
  const which = new Map<number, number>();
  let count = 0;
  return {
    add: (number) => void which.set(number, (count += 1)),
    has: (number) => which.has(number),
    take: () => {
      const taken = new Map(which);
      const done = (): void => {
        for (const [number, at] of taken) if (which.get(number) === at) which.delete(number);
      };
      return { numbers: new Set(taken.keys()), done };
    },
  };
}
