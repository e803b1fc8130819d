import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../shared/clock/system.ts';
import { parseConfig } from '../../../shared/config/load.ts';
import { thisProcess } from '../../../shared/ledger/process-identity.ts';
import { openLedger } from '../../../shared/ledger/sqlite.ts';
import { lookAtStaff } from '../list/look.ts';
import { type Member, roster } from '../list/roster.ts';
import { sampleText } from './sample.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'disinto-staff-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function look(): Readonly<Record<string, Member>> {
  const file = join(folder, 'disinto.toml');
  return Object.fromEntries(roster(lookAtStaff(file, parseConfig(sampleText, file), systemClock.now())).map((member) => [member.name, member]));
}

it('before anything ran nothing is made by looking', () => {
  expect(look()['dev']).toMatchObject({ state: 'stopped', lastActivity: null });
  expect(readdirSync(folder)).toEqual([]);
});

it('reads runs, pauses, heartbeats and secrets', () => {
  mkdirSync(join(folder, 'data', 'heartbeat'), { recursive: true });
  writeFileSync(join(folder, 'data', 'heartbeat', 'merger'), '');
  mkdirSync(join(folder, 'secrets'));
  for (const name of ['dev.token', 'dev.password', 'stray.token', 'ci.token', 'admin.token', 'webhook.secret'])
    writeFileSync(join(folder, 'secrets', name), 'x');
  const ledger = openLedger(join(folder, 'data', 'ledger.sqlite'));
  const at = systemClock.now();
  const common = { project: 'widgets', cause: { kind: 'command', by: 'test' }, at } as const;
  ledger.runs.start({ ...common, id: 'run_1', agent: 'dev', process: thisProcess() });
  ledger.runs.start({ ...common, id: 'run_2', agent: 'gone', process: { ...thisProcess(), pid: 2 ** 30 } });
  ledger.switches.pause('reviewer', 'holiday', at);
  ledger.close();
  expect(look()).toMatchObject({
    dev: { state: 'running', lastActivity: at, source: ['disinto.toml', 'ledger', 'secrets'] },
    reviewer: { state: 'paused', reason: 'holiday', source: ['disinto.toml'] },
    merger: { state: 'running', lastActivity: null },
    gone: { state: 'stopped', enabled: false, source: ['ledger'] },
    stray: { state: 'stopped', enabled: false, source: ['secrets'] },
  });
  expect(Object.keys(look())).not.toContain('ci');
});

it('a heartbeat of a process that was killed says nothing, however young it is', () => {
  mkdirSync(join(folder, 'data', 'heartbeat'), { recursive: true });
  const beat = (holder: object): void => writeFileSync(join(folder, 'data', 'heartbeat', 'merger'), `2027-01-01T00:00:00Z\n${JSON.stringify(holder)}\n`);
  beat({ ...thisProcess(), pid: 2 ** 30 });
  expect(look()['merger']).toMatchObject({ state: 'stopped' });
  beat(thisProcess());
  expect(look()['merger']).toMatchObject({ state: 'running' });
});
