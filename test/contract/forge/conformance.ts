import { describe, expect, it } from 'vitest';
import { forgeOfEnvironment } from '../../setup/gitea/elsewhere.ts';
import { description, deviations, templateOf } from './description.ts';
import type { Exchange } from './recorder.ts';

/** Where real forges answer otherwise than described; one that no longer shows is to be struck from the list. See docs/forges.md. */
const tolerated = [
  'get /repos/{owner}/{repo}/issues/{index}/comments: status 500',
  'get /repos/{owner}/{repo}/issues/{index}/timeline: status 500',
  'patch /repos/{owner}/{repo}/issues/{index}: status 500',
  'post /repos/{owner}/{repo}/statuses/{sha}: status 500',
];

/** Holds what the adapter and a forge said to each other against Forgejo's own description. */
export function conformanceContract(recorded: readonly Exchange[]): void {
  describe("Forgejo's own API description", () => {
    it('allows every request of the adapter and every answer of the forge', () => {
      expect(recorded.length).toBeGreaterThan(100);
      const found = [...new Set(recorded.flatMap(deviations))].toSorted();
      expect(found.filter((each) => !tolerated.includes(each))).toEqual([]);
      // A forge that runs elsewhere may keep to the description in what ours do not.
      if (forgeOfEnvironment() === null) expect(found).toEqual(tolerated);
    });

    it('was covered: the contract used every endpoint that the adapter knows', () => {
      const used = new Set(recorded.map((each) => `${each.method} ${templateOf(each.path)}`));
      const known = Object.entries(description.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
      // Asked by #ci, and tested there: Actions are off here.
      expect(known.filter((each) => !used.has(each))).toEqual(['get /repos/{owner}/{repo}/actions/tasks']);
    });
  });
}
