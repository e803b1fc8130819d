import { describe, expect, it } from 'vitest';
import type { ClaimDraft } from '#git';
import { createManualClock } from '../../../shared/clock/manual.ts';
import { systemClock } from '../../../shared/clock/system.ts';
import { createWorld, sh, type World } from './fixture.ts';

const draft = (run: string, more: Partial<ClaimDraft> = {}): ClaimDraft => ({ agent: 'dev', run, leaseSeconds: 60, holderIsDead: () => false, ...more });

async function createClaimWorld() {
  const clock = createManualClock(new Date('2026-03-01T10:00:00Z'));
  return { ...(await createWorld({ clock })), clock };
}

function subject(world: World, name: string): string {
  return sh(world.forge, 'log', '-1', '--format=%B', `refs/disinto/claims/${name}`);
}

describe('claims', () => {
  it('C1: the second to ask is told who has it', async () => {
    const { git, open } = await createClaimWorld();
    const first = await git.claims.take('7', draft('run_1'));
    expect(first.kind).toBe('claimed');
    const second = await open().claims.take('7', draft('run_2', { agent: 'dev-qwen' }));
    expect(second).toMatchObject({ kind: 'taken', by: { agent: 'dev', run: 'run_1', name: '7', takeover: null } });
    expect(await git.claims.take('7', draft('run_1'))).toEqual(first);
    expect((await git.claims.take('8', draft('run_2'))).kind).toBe('claimed');
    expect((await git.claims.list()).map(({ name, run }) => [name, run])).toEqual([
      ['7', 'run_1'],
      ['8', 'run_2'],
    ]);
  }, 30_000);

  it('C4: two at once: one wins, and the loser leaves no trace', async () => {
    const world = await createClaimWorld();
    const answers = await Promise.all(['run_1', 'run_2', 'run_3'].map(async (run) => await world.open({ clock: systemClock }).claims.take('7', draft(run))));
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['claimed', 'taken', 'taken']);
    const winner = answers.flatMap((answer) => (answer.kind === 'claimed' ? [answer.claim.run] : []))[0];
    expect(answers.flatMap((answer) => (answer.kind === 'taken' ? [answer.by.run] : []))).toEqual([winner, winner]);
    expect([...(await world.git.listRefs('refs/')).keys()].filter((ref) => ref.startsWith('refs/disinto/'))).toEqual(['refs/disinto/claims/7']);
  }, 30_000);

  it('C8: an expired lease, or a holder whose run has ended, is taken over with the reason in the commit', async () => {
    const world = await createClaimWorld();
    await world.git.claims.take('7', draft('run_1'));
    world.clock.advance(61_000);
    const late = await world.git.claims.take('7', draft('run_2'));
    expect(late).toMatchObject({ kind: 'claimed', claim: { run: 'run_2', takeover: expect.stringContaining('the lease of dev (run run_1) ended') } });
    expect(subject(world, '7')).toMatch(/^dev takes over 7\n\n[^]*Disinto-Takeover: the lease/);
    const asked: string[] = [];
    const dead = await world.git.claims.take('7', draft('run_3', { holderIsDead: ({ run }) => asked.push(run) > 0 }));
    expect(asked).toEqual(['run_2']);
    expect(dead).toMatchObject({ kind: 'claimed', claim: { run: 'run_3', takeover: expect.stringContaining('has ended') } });
    expect(await world.git.claims.find('7')).toEqual(dead.kind === 'claimed' ? dead.claim : null);
  }, 30_000);

  it('renews for the holder, also from an older answer, and says lost after a takeover', async () => {
    const world = await createClaimWorld();
    const taken = await world.git.claims.take('7', draft('run_1', { leaseSeconds: 90 }));
    if (taken.kind !== 'claimed') throw new Error('not claimed');
    world.clock.advance(30_000);
    const renewed = await world.git.claims.renew(taken.claim);
    expect(renewed).toMatchObject({ kind: 'renewed', claim: { expiresAt: new Date('2026-03-01T10:02:00Z') } });
    expect((await world.git.claims.renew(taken.claim)).kind).toBe('renewed');
    world.clock.advance(91_000);
    expect((await world.open().claims.take('7', draft('run_2'))).kind).toBe('claimed');
    expect(await world.git.claims.renew(taken.claim)).toEqual({ kind: 'lost' });
    await world.git.claims.release(taken.claim);
    expect((await world.git.claims.find('7'))?.run).toBe('run_2');
  }, 30_000);

  it('gives back, also from an older answer, and then it is free', async () => {
    const world = await createClaimWorld();
    const taken = await world.git.claims.take('7', draft('run_1'));
    if (taken.kind !== 'claimed') throw new Error('not claimed');
    await world.git.claims.renew(taken.claim);
    await world.git.claims.release(taken.claim);
    expect(await world.git.claims.find('7')).toBeNull();
    await world.git.claims.release(taken.claim);
    expect((await world.git.claims.take('7', draft('run_2'))).kind).toBe('claimed');
  }, 30_000);

  it('takes an item whose claim ref somebody pushed by hand', async () => {
    const world = await createClaimWorld();
    sh(world.forge, 'update-ref', 'refs/disinto/claims/7', world.main);
    expect(await world.git.claims.take('7', draft('run_1'))).toMatchObject({ kind: 'claimed', claim: { takeover: expect.stringContaining('nobody') } });
  }, 30_000);

  it('names that are not names are refused', async () => {
    const { git } = await createClaimWorld();
    await expect(git.claims.take('../heads/main', draft('run_1'))).rejects.toThrow(TypeError);
  });
});
