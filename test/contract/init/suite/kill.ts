import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KillMoment } from '../moment.ts';
import { type Case, makeCase } from '../play.ts';
import { stateOf } from '../state.ts';
import { sayWhy } from './whole.ts';
import type { InitForge } from '../world.ts';

const line = (step: string): KillMoment => ({ at: 'line', pattern: `"step":"${step}".*"type":"completed"` });
const inside = (step: string, phase: string): KillMoment => ({ at: 'line', pattern: `"phase":"${phase}".*"step":"${step}"` });
const request = (pattern: string, when: 'before' | 'after', count = 1): KillMoment => ({ at: 'request', pattern, when, count });
const file = (pattern: string, when: 'before' | 'after', count = 1): KillMoment => ({ at: 'file', pattern, when, count });

/** The end of every step that changes something. CASE stands for the name of the case. */
export const boundaries: readonly KillMoment[] = [
  ...['dev', 'reviewer', 'merger', 'ci'].flatMap((agent) => [line(`accounts/CASE-${agent}`), line(`tokens/${agent}`)]),
  line('repository/project'),
  line('repository/ops'),
  ...['CASE/CASE-dev', 'CASE/CASE-reviewer', 'CASE/CASE-merger', 'CASE/CASE-ci', 'CASE-ops/CASE-dev', 'CASE-ops/CASE-reviewer'].map((pair) =>
    line(`collaborators/[^/]+/${pair}`),
  ),
  line('labels/[^/]+/CASE'),
  line('labels/[^/]+/CASE-ops'),
  line('protection/[^/]+/CASE'),
  line('protection/[^/]+/CASE-ops'),
  ...['CASE/CASE-dev', 'CASE/CASE-reviewer', 'CASE/CASE-merger', 'CASE/CASE-ci', 'CASE-ops/CASE-dev', 'CASE-ops/CASE-reviewer'].map((pair) =>
    line(`forbidden/[^/]+/${pair}`),
  ),
  line('bookkeeping/[^/]+/CASE-ops/CASE-dev'),
  line('webhook/[^/]+/CASE'),
  line('config/disinto.toml'),
];

/** In the middle of steps: around what they write, on the forge and here. */
export const middles: readonly KillMoment[] = [
  file('dev.password$', 'before'),
  file('dev.password$', 'after'),
  file('init.json$', 'after'),
  request('POST .*/admin/users', 'before'),
  request('POST .*/admin/users', 'after'),
  request('POST .*/admin/users', 'after', 3),
  request('POST .*/tokens', 'before'),
  request('POST .*/tokens', 'after'),
  file('dev.token$', 'before'),
  file('dev.token$', 'after'),
  request('POST .*/user/repos', 'before'),
  request('POST .*/user/repos', 'after'),
  inside('repository/project', 'create'),
  inside('repository/project', 'push'),
  request('PUT .*/collaborators/', 'after', 2),
  request('DELETE .*/collaborators/', 'after'),
  request('POST .*/labels', 'after', 5),
  request('POST .*/branch_protections', 'before'),
  request('POST .*/branch_protections', 'after'),
  inside('forbidden/[^/]+/CASE/CASE-dev', 'push'),
  file('webhook.secret$', 'before'),
  file('webhook.secret$', 'after'),
  request('POST .*/hooks$', 'before'),
  request('POST .*/hooks$', 'after'),
  request('POST .*/tests', 'after'),
];

const say = ({ at, pattern, when = 'after', count = 1 }: KillMoment): string => `${when} ${at} ${pattern}${count === 1 ? '' : ` (${count})`}`;

/** Every second one, from the first and from the second: of two moments in one row the later must not depend on what the kill at the former cut off. */
export const inTurns = (moments: readonly KillMoment[]): readonly (readonly KillMoment[])[] => [0, 1].map((turn) => moments.filter((_, at) => at % 2 === turn));

const named = (moment: KillMoment, one: Case): KillMoment => ({ ...moment, pattern: moment.pattern.replaceAll('CASE', one.name) });

/** Killed at each moment of a row, run after run on one case, `disinto init` ends where an undisturbed one does. */
export function killSuite(name: string, start: () => Promise<InitForge>, rows: Readonly<Record<string, readonly KillMoment[]>>): void {
  describe(`disinto init killed on ${name}`, () => {
    let forge: InitForge;
    let calm: unknown;
    beforeAll(async () => {
      forge = await start();
      calm = await finish(await makeCase(forge));
    });
    afterAll(() => forge.close());

    const finish = async (one: Case): Promise<unknown> => {
      const played = await one.init(['--yes', '--json']);
      expect(played.lines.at(-1), sayWhy(played)).toMatchObject({ event: 'end', end: 'done', failures: [] });
      return stateOf(forge, one);
    };
    const killed = async (one: Case, moment: KillMoment): Promise<void> => {
      const cut = await one.init(['--yes', '--json'], { kill: named(moment, one) });
      expect(cut.killed, `${say(moment)}: ${sayWhy(cut)}`).toBe(true);
    };

    it.each(Object.entries(rows).map(([what, row]) => [what, row.length, row] as const))('%s (%i kills)', { timeout: 600_000 }, async (_, _count, row) => {
      const one = await makeCase(forge);
      for (const moment of row) await killed(one, moment);
      expect(await finish(one)).toEqual(calm);
    });
  });
}
