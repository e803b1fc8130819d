import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { ProtectionRule } from '#forge/admin';
import { open as lax } from '../../admin/suite/rule.ts';
import { startRecorder } from '../../forge/recorder.ts';
import { type Case, filesOf, makeCase } from '../play.ts';
import type { InitForge } from '../world.ts';
import { sayWhy } from './whole.ts';

const closed: ProtectionRule = { ...lax, push: 'nobody' };

const beginOn =
  (theForge: () => InitForge) =>
  async (rule: ProtectionRule | null): Promise<Case> => {
    const one = await makeCase(theForge());
    const { admin } = theForge();
    await admin.createRepository({ name: one.repository, private: false, description: 'of others', defaultBranch: 'main', initialise: true });
    if (rule !== null) await admin.createProtection(one.repository, rule);
    return one;
  };

/** Which rule holds, and what it lets through. */
export function guardCases(theForge: () => InitForge): void {
  const begin = beginOn(theForge);
  const commits = async ({ repository }: Case): Promise<number> => ((await theForge().ask('GET', `repos/${repository}/commits`)) as readonly unknown[]).length;
  /** The forge behind something that says of the project's rules that nobody may push, for as long as `lies`. */
  const behindLies = async ({ repository }: Case): Promise<{ readonly url: string; lies: boolean }> => {
    const [rule] = (await theForge().ask('GET', `repos/${repository}/branch_protections`)) as readonly object[];
    const body = JSON.stringify([{ ...rule, enable_push: false }]);
    const place = { url: '', lies: true };
    const isAsked = (method: string, path: string): boolean => method === 'GET' && path.startsWith(`/api/v1/repos/${repository}/branch_protections`);
    const proxy = await startRecorder(theForge().url, (method, path) => (place.lies && isAsked(method, path) ? { status: 200, body } : null));
    onTestFinished(() => proxy.close());
    return Object.assign(place, { url: proxy.url });
  };

  it.each<[string, Partial<ProtectionRule>, string]>([
    ['pushes', { push: 'writers' }, 'lets everybody push who may write'],
    ['files of its own', { unprotectedFiles: ['docs/**'] }, 'lets everybody who may write push docs/**'],
    ['pushes to all branches', { name: '**', push: 'writers' }, 'the protection ** of'],
  ])('a rule of others that permits %s is an obstacle before anything is changed, and no push is tried', async (_, more, words) => {
    const one = await begin({ ...closed, ...more });
    for (let times = 0; times < 2; times += 1) {
      const played = await one.init(['--yes']);
      expect(played.code, sayWhy(played)).toBe(1);
      expect(played.out).toContain(`${one.name}-dev cannot push to main of ${one.repository}: `);
      expect(played.out).toContain(words);
      expect(played.out).toContain('Nothing was changed');
    }
    expect([await commits(one), filesOf(one.folder)]).toEqual([1, {}]);
    expect(await theForge().admin.findAccount(one.logins[0] ?? '')).toBeNull();
  });

  it('takes a push back that gets through against the rule, says so, and does not push again before the rule changes', async () => {
    const one = await begin(lax);
    const place = await behindLies(one);
    const played = await one.init(['--yes'], place);
    expect(played.code, sayWhy(played)).toBe(1);
    expect(played.out).toContain(`${one.name}-dev could push to main of ${one.repository}`);
    expect(played.out).toContain('the probe was taken back');
    expect(await theForge().admin.listFiles(one.repository, 'main')).toEqual(['README.md']);
    const before = await commits(one);
    const again = await one.init(['--yes'], place);
    expect(again.code, sayWhy(again)).toBe(1);
    expect(again.out).toContain('a push got through when it was tried');
    expect(again.out).toContain('Nothing was changed');
    expect(await commits(one)).toBe(before);
    place.lies = false;
    await theForge().admin.editProtection(one.repository, 'main', { push: 'nobody', blockOnRejectedReviews: true });
    const mended = await one.init(['--yes', '--json'], place);
    expect(mended.lines.at(-1), sayWhy(mended)).toMatchObject({ end: 'degraded' });
  });

  it('takes the probe of a killed run back, and goes on once the branch is protected', async () => {
    const one = await begin(lax);
    const { admin } = theForge();
    const place = await behindLies(one);
    const files = await admin.listFiles(one.repository, 'main');
    const kill = { at: 'line', pattern: `"phase":"push".*forbidden/.*${one.name}-dev` } as const;
    const first = await one.init(['--yes', '--json'], { ...place, kill });
    expect(first.killed, sayWhy(first)).toBe(true);
    expect(await commits(one)).toBe(2);
    place.lies = false;
    await admin.editProtection(one.repository, 'main', { push: 'nobody' });
    const stuck = await one.init(['--yes'], place);
    expect(stuck.out, sayWhy(stuck)).toContain('revert commit');
    await admin.deleteProtection(one.repository, 'main');
    const second = await one.init(['--yes', '--json'], place);
    expect(second.lines.at(-1), sayWhy(second)).toMatchObject({ end: 'done' });
    expect(await admin.listFiles(one.repository, 'main')).toEqual(files);
  });

  it('goes by the rule that the forge applies, not by the name of ours', async () => {
    const one = await begin(null);
    const { admin, ask } = theForge();
    expect(await one.init(['--yes'])).toMatchObject({ code: 0 });
    await admin.createProtection(one.repository, { ...lax, name: 'm*' });
    const [ours] = await admin.inspectProtections(one.repository);
    // Only some forges have priorities; the others put the plain name first.
    if (ours?.priority !== null) await ask('PATCH', `repos/${one.repository}/branch_protections/m%2A`, { priority: -1 });
    const inEffect = await admin.protectionInEffect(one.repository, 'main');
    expect(inEffect).toBe(ours?.priority === null ? 'main' : 'm*');
    const played = await one.init(['--yes']);
    if (inEffect === 'main') expect(played.out, sayWhy(played)).toContain('Nothing to do.');
    else {
      expect(played.code, sayWhy(played)).toBe(1);
      expect(played.out).toContain('It comes before main, which is not in effect.');
      expect(played.out).toContain(`the protection m* of ${one.repository} lets everybody push who may write`);
    }
    expect((await admin.listProtections(one.repository)).find(({ name }) => name === 'm*')).toMatchObject({ push: 'writers' });
  });
}

/** Whose a rule is, and for how long a proof holds: the same on every forge whose facts of a rule are shown by the contract of the administration. */
export function ownRuleCases(theForge: () => InitForge): void {
  const begin = beginOn(theForge);

  it('a rule of others that is in effect by its braces stays the only one, and what it lacks is named at the end of every run', async () => {
    const one = await begin({ ...closed, name: '{main,release}' });
    for (const words of ['Done, but something asks for a look', 'Nothing to do, but something asks for a look']) {
      const played = await one.init(['--yes']);
      expect(played.code, sayWhy(played)).toBe(0);
      expect(played.out).toContain(`has a protection {main,release} that we did not make`);
      expect(played.out).toContain('no approval is asked for');
      expect(played.out).toContain(`${words} (above)\n  protection of main in ${one.repository}\n`);
    }
    expect((await theForge().admin.listProtections(one.repository)).map(({ name }) => name)).toEqual(['{main,release}']);
  });

  it('tries the push again when anything of the rule changed, also what it does not read', async () => {
    const one = await begin(null);
    expect(await one.init(['--yes'])).toMatchObject({ code: 0 });
    expect((await one.init(['--yes'])).out).toContain('Nothing to do.');
    await theForge().ask('PATCH', `repos/${one.repository}/branch_protections/main`, { block_on_outdated_branch: true });
    const played = await one.init(['--yes', '--json']);
    expect(played.lines.at(-1), sayWhy(played)).toMatchObject({ end: 'done', applied: 4 });
    expect((await one.init(['--yes'])).out).toContain('Nothing to do.');
  });

  it('a rule that a person made in place of ours is not ours', async () => {
    const one = await begin(null);
    const { admin } = theForge();
    expect(await one.init(['--yes'])).toMatchObject({ code: 0 });
    await admin.deleteProtection(one.repository, 'main');
    // Forges keep the second in which a rule was made.
    await wait(1100);
    await admin.createProtection(one.repository, closed);
    const before = await admin.listProtections(one.repository);
    const played = await one.init(['--yes']);
    expect(played.code, sayWhy(played)).toBe(0);
    expect(played.out).toContain('has a protection main that we did not make; it stays as it is');
    expect(await admin.listProtections(one.repository)).toEqual(before);
    await admin.deleteProtection(one.repository, 'main');
    expect((await one.init(['--yes', '--json'])).lines.at(-1)).toMatchObject({ end: 'done' });
    await admin.editProtection(one.repository, 'main', { dismissStaleApprovals: false });
    expect((await one.init(['--yes'])).out).toContain('an approval stays when the change moves on');
    expect(await admin.listProtections(one.repository)).toMatchObject([{ dismissStaleApprovals: true }]);
  });
}
