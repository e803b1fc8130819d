import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { description, deviations, templateOf } from '../forge/description.ts';
import { countCases } from '../forge/count.ts';
import type { AdminSite } from './site.ts';
import { accountContract } from './suite/account.ts';
import { fileContract } from './suite/file.ts';
import { hookContract } from './suite/hook.ts';
import { protectionContract } from './suite/protection.ts';
import { protectionEffectContract } from './suite/protection-effect.ts';
import { refusalContract } from './suite/refusal.ts';
import { repositoryContract } from './suite/repository.ts';
import { rightContract } from './suite/right.ts';
import { tokenContract } from './suite/token.ts';
import { type AdminWorld, makeWorld } from './world.ts';

/** A folder is answered with a list, which the description leaves out; and the scopes of a token are asked for with drafts of nothing. */
const everywhere = [
  'get /repos/{owner}/{repo}/contents/{filepath} response: not an object',
  'post /admin/users request: email is required',
  'post /admin/users request: username is required',
  'post /orgs/{org}/repos request: name is required',
  'post /user/repos request: name is required',
];

/** Everything that `ForgeAdmin` promises, shown on a running forge. The same suite holds for each of them. */
export function adminContract(name: string, start: () => Promise<AdminSite>): void {
  let world: AdminWorld | null = null;
  const present = (): AdminWorld => {
    if (world === null) throw new Error('the forge was not started');
    return world;
  };
  describe(name, () => {
    beforeAll(async () => {
      world = await makeWorld(start);
    }, 60_000);
    afterAll(() => world?.close());
    for (const suite of [
      accountContract,
      tokenContract,
      repositoryContract,
      rightContract,
      protectionContract,
      protectionEffectContract,
      hookContract,
      fileContract,
      refusalContract,
    ]) {
      suite(present);
    }
    describe("Forgejo's own API description", () => {
      it('allows every request of the adapter and every answer of the forge', () => {
        const { exchanges, site } = present();
        expect(exchanges.length).toBeGreaterThan(100);
        expect([...new Set(exchanges.flatMap(deviations))].toSorted()).toEqual([...site.differences, ...everywhere].toSorted());
      });

      it('was covered: the contract used every endpoint that the adapter knows', () => {
        const used = new Set(present().exchanges.map((each) => `${each.method} ${templateOf(each.path)}`));
        const known = Object.entries(description.admin).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
        expect(known.filter((each) => !used.has(each))).toEqual([]);
      });
    });
  });
  countCases(() => world?.site.name ?? 'no forge');
}
