import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { RunEnd, RunRecord } from '#ledger';
import { type Facts, roster } from '../list/roster.ts';
import { renderRoster } from '../list/table.ts';
import { sample } from './sample.ts';

const now = new Date('2026-11-21T12:00:00Z');
const ago = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);

const facts: Facts = { config: sample().config, now, runs: [], waits: [], paused: () => null, lives: () => false, heartbeat: () => null, tokens: [] };

function run(agent: string, minutes: number, end: RunEnd | null, project = 'widgets'): RunRecord {
  const process = { pid: 1, startTicks: '1', boot: 'b', host: hostname() };
  return {
    id: `${agent}-${minutes}`,
    agent,
    project,
    cause: { kind: 'command', by: 'x' },
    startedAt: ago(minutes),
    endedAt: end === null ? null : ago(minutes - 1),
    end,
    subject: null,
    process,
  };
}

const idle: RunEnd = { kind: 'idle', reason: '' };
const failed: RunEnd = { kind: 'failed', reason: 'no session' };

const stateOf = (name: string, more: Partial<Facts>): unknown => {
  const member = roster({ ...facts, ...more }).find((one) => one.name === name);
  return [member?.enabled, member?.state, member?.reason];
};

describe('the roster', () => {
  it('knows what the file knows, before anything ran', () => {
    expect(roster(facts)).toMatchObject([
      {
        name: 'dev',
        backend: 'anthropic',
        model: 'claude-sonnet-4-5',
        roles: ['dev'],
        identity: 'dev-bot',
        enabled: true,
        state: 'stopped',
        lastActivity: null,
        source: ['disinto.toml'],
      },
      { name: 'dev-2', enabled: false, state: 'stopped' },
      { name: 'reviewer', roles: ['reviewer'] },
      { name: 'merger', backend: null, model: null, identity: 'merger' },
    ]);
  });

  it('shows agents that only the ledger or the secrets know, with where from', () => {
    const members = roster({ ...facts, runs: [run('gone', 5, idle), run('dev', 4, idle)], tokens: ['dev', 'stray', 'gone'] });
    expect(members.map(({ name, source }) => [name, source.join()])).toEqual([
      ['dev', 'disinto.toml,ledger,secrets'],
      ['dev-2', 'disinto.toml'],
      ['reviewer', 'disinto.toml'],
      ['merger', 'disinto.toml'],
      ['gone', 'ledger,secrets'],
      ['stray', 'secrets'],
    ]);
    expect(members.at(-1)).toMatchObject({ enabled: false, roles: [], identity: null });
  });

  it.each<readonly [string, Partial<Facts>, unknown]>([
    ['a run goes on', { runs: [run('dev', 2, null)], lives: () => true }, [true, 'running', null]],
    ['a run on another machine goes on', { runs: [run('dev', 2, null)], lives: () => null }, [true, 'running', null]],
    ['the process of an open run is gone', { runs: [run('dev', 2, null)] }, [true, 'stopped', null]],
    ['its host lives between runs', { runs: [run('dev', 2, idle)], lives: () => true }, [true, 'running', null]],
    ['its host wrote a heartbeat', { heartbeat: () => ago(0.5) }, [true, 'running', null]],
    ['its heartbeat is old', { heartbeat: () => ago(2) }, [true, 'stopped', null]],
    ['people paused it', { runs: [run('dev', 2, idle)], lives: () => true, paused: () => 'holiday' }, [true, 'paused', 'holiday']],
    ['two runs failed', { runs: [run('dev', 9, idle), run('dev', 5, failed), run('dev', 2, failed)] }, [true, 'stopped', null]],
    [
      'three runs of a project failed in a row, whatever other projects did',
      {
        runs: [
          run('dev', 9, failed),
          run('dev', 8, idle, 'gadgets'),
          run('dev', 5, { kind: 'lost', reason: 'gone' }),
          run('dev', 4, { kind: 'cancelled', reason: '' }),
          run('dev', 2, failed),
        ],
      },
      [true, 'unhealthy', '3 runs on widgets failed in a row, the last: no session'],
    ],
    [
      'it waits for a forge that refuses its token',
      {
        heartbeat: () => now,
        waits: [{ cause: 'forge auth dev-bot', reason: 'refused', mend: 'make a new token', since: ago(9), lookedAt: ago(1), schedules: ['dev@widgets'] }],
      },
      [true, 'unhealthy', 'refused; make a new token'],
    ],
  ])('%s', (_name, more, state) => {
    expect(stateOf('dev', more)).toEqual(state);
  });

  it('a disabled agent is stopped, whatever lives', () => {
    expect(
      stateOf('dev-2', { heartbeat: () => now, runs: [run('dev-2', 3, failed), run('dev-2', 2, failed), run('dev-2', 1, failed)], lives: () => true }),
    ).toEqual([false, 'stopped', null]);
    expect(stateOf('dev-2', { runs: [run('dev-2', 3, null)], lives: () => true })).toEqual([false, 'running', null]);
  });
});

it('the table is aligned, and says below it what is not well', () => {
  const text = renderRoster(
    roster({ ...facts, runs: [run('dev', 9, failed), run('dev', 8, failed), run('dev', 7, failed), run('merger', 200, idle)], tokens: ['stray'] }),
    now,
  );
  expect(text).toBe(
    [
      'NAME      BACKEND    MODEL              ROLES     IDENTITY   STATUS                                    SOURCE',
      'dev       anthropic  claude-sonnet-4-5  dev       dev-bot    enabled · unhealthy · last run 6 min ago  disinto.toml, ledger',
      'dev-2     anthropic  claude-sonnet-4-5  dev       dev-2-bot  disabled · stopped · never ran            disinto.toml',
      'reviewer  anthropic  claude-sonnet-4-5  reviewer  reviewer   enabled · stopped · never ran             disinto.toml',
      'merger    -          -                  merger    merger     enabled · stopped · last run 3 h ago      disinto.toml, ledger',
      'stray     -          -                  -         -          not configured · stopped · never ran      secrets',
      '',
      'dev is unhealthy: 3 runs on widgets failed in a row, the last: no session',
    ].join('\n'),
  );
});
