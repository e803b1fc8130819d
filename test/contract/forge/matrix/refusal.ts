import { beforeAll, describe, expect, it } from 'vitest';
import type { Contract } from '../part.ts';
import { type Ground, asking, samples } from './samples.ts';
import type { TestRepository } from '../world.ts';
import { mintToken, prepareGround } from './ground.ts';

/** What every verb answers to a token that is no good, and where there is nothing. */
export function refusalContract({ make, shows }: Contract): void {
  describe('every verb', () => {
    let repository: TestRepository;
    let ground: Ground;
    beforeAll(async () => {
      repository = await make();
      ground = await prepareGround(repository);
    });

    describe('with a token that was revoked is an auth error', () => {
      let token: string;
      beforeAll(async () => {
        const minted = await mintToken(repository, 'dev', ['all']);
        token = minted.token;
        await repository.forgeWith({ token }).me();
        await minted.revoke();
      });
      it.each(asking)('%s', async (verb) => {
        await expect(samples[verb](repository.forgeWith({ token }), ground)).rejects.toMatchObject({ kind: 'auth', status: 401 });
        shows(verb, 'error auth');
      });
    });

    describe('with a token that lacks the scope is a forbidden error', () => {
      let token: string;
      beforeAll(async () => {
        token = (await mintToken(repository, 'dev', ['read:misc'])).token;
      });
      it.each(asking)('%s', async (verb) => {
        await expect(samples[verb](repository.forgeWith({ token }), ground)).rejects.toMatchObject({ kind: 'forbidden', status: 403 });
        shows(verb, 'error forbidden');
      });
    });

    describe('of a repository that is not there is a not-found error', () => {
      it.each(asking.filter((verb) => verb !== 'me'))('%s', async (verb) => {
        const forge = repository.forgeWith({ repository: 'maintainer/nosuch' });
        await expect(samples[verb](forge, ground)).rejects.toMatchObject({ kind: 'not-found' });
        shows(verb, 'error not-found');
      });
    });
  });
}
