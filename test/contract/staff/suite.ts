import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProtectionRule } from '#forge/admin';
import { filesOf, type Played } from '../init/play.ts';
import { expectNoSecret, sayWhy } from '../init/suite/whole.ts';
import type { InitForge } from '../init/world.ts';
import { makeStaffed, pushBranch, type Staffed } from './hired.ts';

/** Requests that may change something: those that only find out what a token may do name a repository that cannot be. */
const changing = '^(?!DELETE .*/repos/-/-/)';

const opus = ['anthropic', '--model', 'claude-opus-4-5'] as const;

/** What hiring and firing promise, on whatever forge. */
export function staffSuite(name: string, start: () => Promise<InitForge>): void {
  describe(`disinto hire and fire on ${name}`, () => {
    let forge: InitForge;
    beforeAll(async () => {
      forge = await start();
    });
    afterAll(() => forge.close());

    const collaborators = async (repository: string): Promise<readonly string[]> =>
      (await forge.admin.listCollaborators(repository)).map(({ login, permission }) => `${login} ${permission}`);
    const protection = async (repository: string, name = 'main'): Promise<ProtectionRule | undefined> =>
      inOrder((await forge.admin.listProtections(repository)).find((rule) => rule.name === name));
    const push = (one: Staffed, by: readonly [login: string, secret: string], branch: string): Promise<string | null> =>
      pushBranch(forge, one.repository, { login: by[0], secret: by[1] }, branch);

    it('hires a dev that works with its token, fires it so that nothing of it works, and takes it back', async () => {
      const one = await makeStaffed(forge);
      await refuseAndPlan(forge, one);
      const login = `${one.name}-x`;
      const hire = ['hire', ...opus, '--name', 'dev-x', '--login', login];
      const before = one.config();

      const hired = done(await one.run([...hire, '--yes']));
      const first = one.secret('dev-x.token');
      expect(await forge.admin.tokenOwner(first)).toBe(login);
      expect(await collaborators(one.repository)).toContain(`${login} write`);
      expect(await collaborators(`${one.repository}-ops`)).toContain(`${login} write`);
      expect(await forge.ask('POST', `repos/${one.repository}/issues`, { title: 'Found something' }, first)).toMatchObject({ user: { login } });
      expect(await push(one, [login, first], 'fix/issue-1')).toBeNull();
      expect(await push(one, [login, first], 'main')).not.toBeNull();
      const pull = { title: 'A change', head: 'fix/issue-1', base: 'main', body: '' };
      expect(await forge.ask('POST', `repos/${one.repository}/pulls`, pull, first)).toMatchObject({ number: 2 });
      await forge.ask('PATCH', `repos/${one.repository}/issues/1`, { assignees: [login] });
      const again = done(await one.run(hire));
      expect(again.out).toContain('Nothing to do.');

      const fired = done(await one.run(['fire', 'dev-x', '--yes']));
      expect(fired.out).toContain(`${one.repository}: issue #1, pull request #2`);
      expect(await forge.admin.tokenOwner(first)).toBeNull();
      expect(existsSync(join(one.folder, 'secrets', 'dev-x.token'))).toBe(false);
      expect(await push(one, [login, first], 'fix/issue-2')).not.toBeNull();
      expect(await push(one, [login, one.secret('dev-x.password')], 'fix/issue-2')).not.toBeNull();
      expect((await collaborators(one.repository)).join()).not.toContain(login);
      expect(done(await one.run(['fire', 'dev-x'])).out).toContain('Nothing to do.');
      expect(JSON.parse(done(await one.run(['agents', 'list', '--json'])).out)).toContainEqual(
        expect.objectContaining({ name: 'dev-x', backend: 'anthropic-opus', model: 'claude-opus-4-5', identity: login, enabled: false, state: 'stopped' }),
      );

      const back = done(await one.run(['hire', '--name', 'dev-x', '--yes']));
      const second = one.secret('dev-x.token');
      expect(second).not.toBe(first);
      expect(await push(one, [login, second], 'fix/issue-2')).toBeNull();
      expectNoSecret(one.folder, hired, again, fired, back);
      for (const line of before.split('\n')) expect(one.config().split('\n')).toContain(line);
    });

    it('puts reviewers and mergers on the lists of our protection and off again, and touches nothing of others', async () => {
      const one = await makeStaffed(forge);
      const person = await forge.person(`${one.name}-mine`);
      const [reviewer, merger] = [`${one.name}-r2`, `${one.name}-m2`];
      const ours = [`${one.name}-merger`, `${one.name}-reviewer`] as const;
      done(await one.run(['hire', 'anthropic', '--role', 'reviewer', '--name', 'second-look', '--login', reviewer, '--yes']));
      done(await one.run(['hire', '--role', 'merger', '--name', 'second-hand', '--login', merger, '--yes']));
      const rule = await protection(one.repository);
      expect(rule).toMatchObject({ push: 'nobody', merge: { only: [merger, ours[0]] }, approvals: { required: 1, by: { only: [reviewer, ours[1]] } } });
      if (rule === undefined) return;
      const theirs: ProtectionRule = { ...rule, name: 'release', merge: { only: [merger, forge.owner] } };
      await forge.admin.createProtection(one.repository, theirs);
      await forge.admin.editProtection(one.repository, 'main', { merge: { only: [ours[0], merger, forge.owner] } });
      await forge.admin.setCollaborator(one.repository, person.login, 'write');

      done(await one.run(['fire', 'second-look', '--yes']));
      done(await one.run(['fire', 'second-hand', '--yes']));
      expect(await protection(one.repository)).toEqual({
        ...rule,
        merge: { only: [ours[0], forge.owner].toSorted() },
        approvals: { required: 1, by: { only: [ours[1]] } },
      });
      expect((await protection(one.repository, 'release'))?.push).toBe('nobody');
      expect(await collaborators(one.repository)).toContain(`${person.login} write`);
      expect(await forge.admin.tokenOwner(person.token)).toBe(person.login);
      const last = await one.run(['fire', 'merger']);
      expect(last).toMatchObject({ code: 2 });
      expect(last.err).toContain('merger is the last enabled merger');
    });

    it('edits no rule that a person made in place of ours', async () => {
      const one = await makeStaffed(forge);
      const reviewer = ['--role', 'reviewer', '--name', 'second-look', '--login', `${one.name}-r2`];
      done(await one.run(['hire', 'anthropic', ...reviewer, '--yes']));
      const rule = await protection(one.repository);
      await forge.admin.deleteProtection(one.repository, 'main');
      // Forges keep the second in which a rule was made.
      await wait(1100);
      if (rule !== undefined) await forge.admin.createProtection(one.repository, { ...rule, blockOnRejectedReviews: true });
      const fired = done(await one.run(['fire', 'second-look', '--yes']));
      expect(fired.out).toContain('a rule that this instance did not make');
      const again = await one.run(['hire', 'anthropic', ...reviewer, '--yes']);
      expect(again.out, sayWhy(again)).not.toContain(`mend the protection of main in ${one.repository}:`);
    });

    it('takes no right from a person whose account it is given, neither when it hires nor when it fires', async () => {
      const one = await makeStaffed(forge);
      const [above, below] = [await forge.person(`${one.name}-above`), await forge.person(`${one.name}-below`)];
      await forge.admin.setCollaborator(one.repository, above.login, 'admin');
      await forge.admin.setCollaborator(one.repository, below.login, 'read');
      for (const { login, token } of [above, below]) writeFileSync(join(one.folder, 'secrets', `${login}.token`), `${token}\n`, { mode: 0o600 });
      const refused = await one.run(['hire', 'anthropic', '--role', 'reviewer', '--name', above.login, '--login', above.login, '--yes']);
      expect(refused.code).not.toBe(0);
      expect(refused.out + refused.err).toContain(`${above.login} may admin ${one.repository}, which somebody else gave`);
      expect(await collaborators(one.repository)).toContain(`${above.login} admin`);
      await one.run(['hire', 'anthropic', '--role', 'reviewer', '--name', below.login, '--login', below.login, '--yes']);
      await one.run(['fire', below.login, '--yes']);
      expect(await collaborators(one.repository)).toContain(`${below.login} read`);
    });

    it('makes up a name that is free; killed after each request that changes something, the same call ends as an undisturbed one', async () => {
      const one = await makeStaffed(forge);
      const login = `${one.name}-k`;
      const hire = ['hire', 'anthropic', '--role', 'reviewer', '--model', 'claude-opus-4-5', '--login', login, '--yes'];
      const hired = await untilNotKilled(one, hire, [1, 2, 3]);
      expect(hired.kills).toBeGreaterThan(2);
      expect(hired.last.out).toContain('disinto hires reviewer-opus-1');
      expect(Object.keys((await listed(one)) as object)).toHaveLength(4);
      const password = one.secret('reviewer-opus-1.password');
      expect((await forge.admin.listTokens({ login, password })).map(({ name: token }) => token)).toEqual([`disinto-${one.name}`]);
      expect(await forge.admin.tokenOwner(one.secret('reviewer-opus-1.token'))).toBe(login);
      expect((await protection(one.repository))?.approvals).toEqual({ required: 1, by: { only: [login, `${one.name}-reviewer`] } });

      const fired = await untilNotKilled(one, ['fire', 'reviewer-opus-1', '--yes'], [1]);
      expect(fired.kills).toBeGreaterThan(2);
      expect(await forge.admin.listTokens({ login, password })).toEqual([]);
      expect((await collaborators(one.repository)).join()).not.toContain(login);
      expect((await protection(one.repository))?.approvals).toEqual({ required: 1, by: { only: [`${one.name}-reviewer`] } });
      expect(await listed(one)).toContainEqual(expect.objectContaining({ name: 'reviewer-opus-1', enabled: false }));

      const { login: taken } = await forge.person('dev-haiku-1-bot');
      const words = ['hire', 'anthropic', '--model', 'claude-haiku-4-5', '--yes'];
      const names = [await one.run(words), await one.run(words)].map(
        (played) => /disinto hires (dev-haiku-\d+): a dev on anthropic-haiku/.exec(done(played).out)?.[1] ?? 'none',
      );
      forge.remember(`${one.repository}-none`, [taken, ...names.map((each) => `${each}-bot`)]);
      expect(new Set([...names, 'none', taken.replace(/-bot$/, '')]).size).toBe(4);
    }, 240_000);
  });
}

/**
 * Runs a command again and again, each time killed after so many requests that change the forge, until one lives to its end. (A hire that
 * is always killed after the first would never end: a token whose value was lost is deleted before a new one is made.)
 */
async function untilNotKilled(
  one: Staffed,
  args: readonly string[],
  counts: readonly [number, ...number[]],
): Promise<{ readonly kills: number; readonly last: Played }> {
  for (let kills = 0; kills < 30; kills++) {
    const last = await one.run(args, { at: 'request', pattern: changing, when: 'after', count: counts[kills % counts.length] ?? counts[0] });
    if (!last.killed) return { kills, last: done(last) };
  }
  throw new Error(`${args.join(' ')} changes the forge for ever`);
}

const listed = async (one: Staffed): Promise<unknown> => JSON.parse(done(await one.run(['agents', 'list', '--json'])).out);

/** Forges show the lists of a rule in an order of their own. */
function inOrder(rule: ProtectionRule | undefined): ProtectionRule | undefined {
  const sorted = <T>(list: T | { readonly only: readonly string[] }): T | { readonly only: readonly string[] } =>
    typeof list === 'object' && list !== null && 'only' in list ? { only: list.only.toSorted() } : list;
  if (rule === undefined) return undefined;
  return { ...rule, merge: sorted(rule.merge), approvals: { ...rule.approvals, by: sorted(rule.approvals.by) } };
}

function done(played: Played): Played {
  expect(played.code, sayWhy(played)).toBe(0);
  return played;
}

/** A plan, a call that nobody confirmed, and what cannot be change no byte and no account. */
async function refuseAndPlan(forge: InitForge, one: Staffed): Promise<void> {
  const person = await forge.person(`${one.name}-person`);
  const files = filesOf(one.folder);
  const name = `dev-${one.name}`;
  const dry = done(await one.run(['hire', ...opus, '--name', name, '--dry-run']));
  expect(dry.out).toContain(`create account ${name}-bot`);
  expect(await one.run(['hire', ...opus, '--name', name])).toMatchObject({ code: 2 });
  done(await one.run(['fire', 'dev', '--dry-run']));
  const refused: readonly (readonly [readonly string[], string])[] = [
    [[...opus, '--name', 'Dev'], 'must be lower-case letters'],
    [[...opus, '--role', 'gardener'], 'there is no role gardener'],
    [[...opus, '--role', 'reviewer', '--name', 'dev'], 'there is an agent dev already, a dev'],
    [[...opus, '--login', person.login, '--yes'], "is somebody else's"],
  ];
  for (const [words, says] of refused) {
    const played = await one.run(['hire', ...words]);
    expect(played.code, says).not.toBe(0);
    expect(`${played.out}${played.err}`).toContain(says);
  }
  const old = done(await one.run(['hire-an-agent', name, 'dev', '--dry-run']));
  expect(old.err).toBe(`disinto hire-an-agent is deprecated; write: disinto hire anthropic --role dev --name ${name}\n`);
  expect(filesOf(one.folder)).toEqual(files);
  expect(await forge.admin.findAccount(`${name}-bot`)).toBeNull();
  expect(await forge.admin.tokenOwner(person.token)).toBe(person.login);
}
