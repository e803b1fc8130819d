import { expect, it } from 'vitest';
import { at, freshLedger, startRun } from '../../../shared/ledger/fixture.ts';
import { thisProcess } from '../../../shared/ledger/process-identity.ts';
import { sample } from '../../staff/test/sample.ts';
import { readStatus, renderStatus } from '../status.ts';

it('shows what agents wait for once per cause, with since when and what to do, to people and to programs', () => {
  const ledger = freshLedger();
  ledger.runs.end(startRun(ledger, 'run'), { kind: 'waiting', reason: 'forge unavailable: GET …' }, at('00:01'));
  const wait = { cause: 'forge unavailable', reason: 'connect ECONNREFUSED', mend: 'check that the forge runs' };
  for (const minute of ['10', '11', '12']) for (const schedule of ['dev@demo', 'merger@demo']) ledger.waits.note(schedule, wait, at(`00:${minute}`));
  const status = readStatus(ledger, at('00:13'));
  expect(status.agents).toMatchObject([{ agent: 'dev', state: 'waiting' }]);
  expect(status.waits).toEqual([{ ...wait, since: at('00:10').toISOString(), lookedAt: at('00:12').toISOString(), who: ['dev@demo', 'merger@demo'] }]);
  const text = renderStatus(status);
  expect(text.match(/forge unavailable \(/g)).toHaveLength(1);
  expect(text).toContain('WAITING since 2026-01-05T00:10:00.000Z: forge unavailable (dev@demo, merger@demo)\n  to do: check that the forge runs');
  for (const schedule of ['dev@demo', 'merger@demo']) ledger.waits.end(schedule, at('00:14'));
  expect(readStatus(ledger, at('00:15'))).toMatchObject({ waits: [], agents: [{ state: 'resting' }] });
});

it('tells an agent whose process died in the middle of a run, and one that no process holds, from those that rest', () => {
  const ledger = freshLedger();
  ledger.runs.end(startRun(ledger, 'done'), { kind: 'idle', reason: '' }, at('00:01'));
  const now = at('00:13');
  const stateAt = (beat: Date | null | undefined): unknown => readStatus(ledger, now, () => beat).agents[0]?.state;
  expect([stateAt(undefined), stateAt(new Date(now.getTime() - 20_000)), stateAt(new Date(now.getTime() - 60_000)), stateAt(null)]).toEqual([
    'resting',
    'resting',
    'stopped',
    'stopped',
  ]);
  expect(renderStatus(readStatus(ledger, now, () => null))).toContain('start it with: disinto start');
  const dead = { ...thisProcess(), startTicks: '1' };
  ledger.runs.start({ id: 'cut', agent: 'dev', project: 'demo', cause: { kind: 'command', by: 'test' }, process: dead, at: at('00:02') });
  expect(stateAt(undefined)).toBe('lost');
});

it('hides a wait that nobody has looked at for a day: its agent is gone', () => {
  const ledger = freshLedger();
  ledger.waits.note('dev@demo', { cause: 'forge auth dev', reason: '401', mend: '' }, at('00:10'));
  expect(readStatus(ledger, new Date(at('00:11').getTime() + 86_400_000)).waits).toEqual([]);
});

it('shows every agent that the config names, also before it ran', () => {
  const ledger = freshLedger();
  const { config } = sample();
  ledger.switches.pause('dev', 'holiday', at('00:01'));
  const read = (beat: Date | null | undefined) => readStatus(ledger, at('00:13'), () => beat, config);
  const never = { state: 'stopped', last: 'never', lastAt: null };
  const expected = ['dev-2', 'dev', 'merger', 'reviewer'].flatMap((agent) =>
    ['gadgets', 'widgets'].map((project) => ({ agent, project, ...(agent === 'dev' ? { state: 'paused', last: 'holiday', lastAt: null } : never) })),
  );
  expect(read(undefined).agents).toMatchObject(expected);
  expect(read(at('00:13')).agents.at(-1)).toMatchObject({ state: 'resting', last: 'never' });
  expect(renderStatus(read(null))).toContain('never');
});

it('what has lines of its own takes one line in the table and in a wait', () => {
  const ledger = freshLedger();
  const reason = 'git push: remote: This repo is archived.\r\nfatal: unable to access\n\n';
  ledger.runs.end(startRun(ledger, 'run'), { kind: 'failed', reason }, at('00:01'));
  ledger.waits.note('dev@demo', { cause: 'forge forbidden dev-bot', reason, mend: 'un-archive it' }, at('00:10'));
  const lines = renderStatus(readStatus(ledger, at('00:13'))).split('\n');
  const said = 'git push: remote: This repo is archived. · fatal: unable to access';
  expect(lines.filter((line) => line.includes(said))).toHaveLength(2);
  expect(lines.filter((line) => line.startsWith('fatal'))).toEqual([]);
});
