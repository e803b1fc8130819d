import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Forge } from '#forge';
import { systemClock } from '../../../../shared/clock/system.ts';
import { type Contract, eventually } from '../part.ts';
import { type Ground, asking, samples } from './samples.ts';
import { type Fault, type Recorder, startRecorder } from '../recorder.ts';
import type { TestRepository } from '../world.ts';
import { prepareGround } from './ground.ts';

/** The pauses between attempts are shown elsewhere. */
const hurried = { ...systemClock, sleep: () => Promise.resolve() };

const faults = {
  'rate-limited': { status: 429, headers: { 'retry-after': '900' }, body: '' },
  unavailable: { status: 502, body: '<html>502 Bad Gateway</html>' },
  malformed: { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html>Please sign in to this network</html>' },
} as const satisfies Readonly<Record<string, Fault>>;

const reading = asking.filter((verb) => /^(?:changes|find|list|permission|search|me$)/.test(verb));
const merge = { title: 'Merge it', message: 'Because.' };

/** What only something between us and the forge can make: a proxy's refusals, a page of its own, an answer cut off in the middle. */
export function faultContract({ make, shows }: Contract): void {
  describe('with something broken in between', () => {
    let repository: TestRepository;
    let ground: Ground;
    let proxy: Recorder;
    let fault: (method: string, path: string) => Fault | null = () => null;
    beforeAll(async () => {
      repository = await make();
      ground = await prepareGround(repository);
      proxy = await startRecorder(repository.url, (method, path) => fault(method, path));
    });
    afterAll(() => proxy.close());
    beforeEach(() => {
      fault = () => null;
    });
    const through = (): Forge => repository.forgeWith({ url: proxy.url, clock: hurried });
    /** The forge carries out the first request of this method; its answer gets lost. */
    const loseAnswer = (method: string): void => {
      let lost = false;
      fault = (asked) => {
        const half = !lost && asked === method;
        lost ||= half;
        return half ? 'half' : null;
      };
    };

    describe.each(['rate-limited', 'unavailable', 'malformed'] as const)('every verb is %s', (kind) => {
      it.each(asking)('%s', async (verb) => {
        fault = () => faults[kind];
        await expect(samples[verb](through(), ground)).rejects.toMatchObject({ kind });
        shows(verb, `error ${kind}`);
      });
    });

    describe('a reading verb whose answers are all cut off in the middle is unavailable', () => {
      it.each(reading)('%s', async (verb) => {
        fault = () => 'half';
        const forge = through();
        await expect(samples[verb](forge, ground)).rejects.toMatchObject({ kind: 'unavailable', status: null });
        expect(forge.calls()).toBe(4);
        shows(verb, 'error unavailable');
      });
    });

    describe('a write whose answer got lost is unavailable, was carried out once, and is found by the next call:', () => {
      it('ensureComment', async () => {
        loseAnswer('POST');
        const forge = through();
        await expect(forge.ensureComment(ground.issue, 'lost', 'Once')).rejects.toMatchObject({ kind: 'unavailable' });
        expect(await forge.ensureComment(ground.issue, 'lost', 'Once')).toBe('unchanged');
        shows('ensureComment', 'error unavailable', 'unchanged');
      });

      it('ensurePullRequest', async () => {
        await repository.push('dev', 'fix/issue-2', { 'b.txt': 'b' });
        loseAnswer('POST');
        const forge = through();
        const draft = { branch: 'fix/issue-2', base: 'main', title: 'Once', body: '' };
        await expect(forge.ensurePullRequest(draft)).rejects.toMatchObject({ kind: 'unavailable' });
        expect(await forge.ensurePullRequest(draft)).toMatchObject({ created: false, pullRequest: { title: 'Once' } });
        shows('ensurePullRequest', 'error unavailable', 'found');
      });

      it('createIssue, which a search finds', async () => {
        loseAnswer('POST');
        const forge = through();
        await expect(forge.createIssue({ title: 'Zebra', body: '', labels: [] })).rejects.toMatchObject({ kind: 'unavailable' });
        await expect.poll(() => forge.searchIssues('Zebra'), eventually).toHaveLength(1);
        shows('createIssue', 'error unavailable');
      });

      it('submitReview', async () => {
        loseAnswer('POST');
        const forge = through();
        const before = await forge.listReviews(ground.pull);
        await expect(samples.submitReview(forge, ground)).rejects.toMatchObject({ kind: 'unavailable' });
        expect(await forge.listReviews(ground.pull)).toHaveLength(before.length + 1);
        shows('submitReview', 'error unavailable');
      });

      it('ensureLabels, ensureAssignees, ensureClosed and ensureReopened', async () => {
        const forge = through();
        const writes = [
          ['ensureLabels', 'POST'],
          ['ensureAssignees', 'PATCH'],
          ['ensureClosed', 'PATCH'],
          ['ensureReopened', 'PATCH'],
        ] as const;
        for (const [verb, method] of writes) {
          loseAnswer(method);
          await expect(samples[verb](forge, ground)).rejects.toMatchObject({ kind: 'unavailable' });
          await samples[verb](forge, ground);
          shows(verb, 'error unavailable', 'done');
        }
        expect(await forge.findIssue(ground.issue)).toMatchObject({ state: 'open', assignees: ['dev'], labels: new Set(['sample']) });
      });

      it('mergePullRequest', async () => {
        const other = await make();
        const { pull, head } = await prepareGround(other);
        const between = await startRecorder(other.url, (method, path) => fault(method, path));
        const forge = other.forgeWith({ url: between.url, clock: hurried });
        await expect.poll(() => tryMerge(forge, pull, head), eventually).toBe('unavailable');
        expect(await forge.mergePullRequest(pull, { head, ...merge })).toEqual({ kind: 'already-merged' });
        await between.close();
        shows('mergePullRequest', 'error unavailable', 'already-merged');
      });
      const tryMerge = async (forge: Forge, pull: number, head: Ground['head']): Promise<string> => {
        loseAnswer('POST');
        const ended = await forge.mergePullRequest(pull, { head, ...merge }).catch((error: unknown) => error as { kind: string });
        const { state } = (await forge.findPullRequest(pull)) ?? {};
        return state === 'merged' ? ended.kind : 'not yet';
      };
    });

    it('a refusal to create a pull request that is not listed is a conflict', async () => {
      await repository.push('dev', 'fix/issue-3', { 'c.txt': 'c' });
      fault = (method) => (method === 'POST' ? { status: 409, body: '{"message":"pull request already exists for these targets"}' } : null);
      const asked = through().ensurePullRequest({ branch: 'fix/issue-3', base: 'main', title: 'C', body: '' });
      await expect(asked).rejects.toMatchObject({ kind: 'conflict', status: 409 });
      shows('ensurePullRequest', 'error conflict');
    });

    it.each([
      ['try-again', 405, { message: 'Please try again later' }],
      ['conflict', 409, { Style: 'merge', StdOut: '', StdErr: 'CONFLICT (content): Merge conflict in src/a.ts' }],
    ] as const)('a merge that is told %s says so', async (kind, status, body) => {
      fault = () => ({ status, body: JSON.stringify(body) });
      expect(await samples.mergePullRequest(through(), ground)).toEqual({ kind });
      shows('mergePullRequest', kind);
    });
  });
}
