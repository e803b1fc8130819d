import { describe, expect, it } from 'vitest';
import { description, deviations, templateOf } from './description.ts';
import type { Exchange } from './recorder.ts';

/**
 * Holds what the adapter and a forge said to each other against Forgejo's own description. `tolerated`: where this forge's answers are
 * known to differ from it, exactly as found; one that no longer shows is to be struck from the list.
 */
export function conformanceContract(recorded: readonly Exchange[], tolerated: readonly string[] = []): void {
  describe("Forgejo's own API description", () => {
    it('allows every request of the adapter and every answer of the forge', () => {
      expect(recorded.length).toBeGreaterThan(100);
      expect([...new Set(recorded.flatMap(deviations))].toSorted()).toEqual(tolerated.toSorted());
    });

    it('was covered: the contract used every endpoint that the adapter knows', () => {
      const used = new Set(recorded.map((each) => `${each.method} ${templateOf(each.path)}`));
      const known = Object.entries(description.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
      // Asked for only after a forge refused an inline comment, which neither of them does.
      expect(known.filter((each) => !used.has(each))).toEqual(['get /repos/{owner}/{repo}/pulls/{index}.{diffType}']);
    });
  });
}
