import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { at, freshLedger, startRun, startSession, temporaryFolder } from './fixture.ts';

const racers = 3;

/** Runs the script in several processes at once, each with its number as `me` and a ledger on the file; what each returned. */
async function race<T>(file: string, script: string): Promise<readonly T[]> {
  const code = `
    const { openLedger } = await import(${JSON.stringify(new URL('sqlite.ts', import.meta.url).href)});
    const me = Number(process.argv[1]);
    const ledger = openLedger(${JSON.stringify(file)});
    const identity = { pid: me, startTicks: '1', boot: 'b', host: 'h' };
    const run = (id, agent) => ledger.runs.start({ id, agent, project: 'demo', cause: { kind: 'command', by: 'x' }, at: new Date(0), process: identity });
    const result = (() => { ${script} })();
    ledger.close();
    console.log(JSON.stringify(result));`;
  return Promise.all(Array.from({ length: racers }, (_, me) => child<T>(code, me)));
}

async function child<T>(code: string, me: number): Promise<T> {
  const process_ = spawn(process.execPath, ['--input-type=module', '-e', code, String(me)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = await Promise.all([text(process_.stdout), text(process_.stderr)]);
  if (out === '') throw new Error(err);
  return JSON.parse(out) as T;
}

const newFile = (): string => join(temporaryFolder(), 'ledger.sqlite');

describe('several processes on one ledger', { timeout: 60_000 }, () => {
  it('S1: settle each due time once', async () => {
    const file = newFile();
    const started = await race<readonly number[]>(
      file,
      `
      const due = (after, until) => {
        const past = [];
        let next = Math.floor(after.getTime() / 1000) * 1000 + 1000;
        for (; next <= until.getTime(); next += 1000) past.push(new Date(next));
        return { past, next: new Date(next) };
      };
      const started = [];
      for (let second = 0; second <= 400; second++) {
        const { start } = ledger.schedules.settle('dev@demo', {
          now: new Date(second * 1000), busy: false, due, firstSeen: new Date(0),
          policy: { overlap: second % 2 ? 'skip' : 'queue-one', catchUp: { kind: 'all', max: 3 }, graceSeconds: 5 },
          newRun: { id: 'run-' + me + '-' + second, agent: 'dev', project: 'demo', process: identity } });
        for (const { run, occurrence } of start) {
          started.push(occurrence);
          ledger.runs.end(run, { kind: 'idle', reason: 'raced' }, new Date(second * 1000));
        }
      }
      return started;`,
    );
    const rows = freshLedger(file).schedules.occurrences({ since: new Date(0) });
    expect(rows.map(({ dueAt }) => dueAt.getTime())).toEqual(Array.from({ length: 400 }, (_, index) => (index + 1) * 1000));
    const ran = rows.filter(({ end }) => end?.kind === 'ran').map(({ id }) => id);
    expect(started.flat().toSorted((a, b) => a - b)).toEqual(ran.toSorted((a, b) => a - b));
  });

  it('hold no more slots than the limit', async () => {
    const file = newFile();
    const held = await race<readonly number[]>(
      file,
      `
      run('run-' + me, 'agent-' + me);
      const held = [];
      for (let turn = 0; turn < 200; turn++) {
        const slot = ledger.slots.acquire('model', 2, 'run-' + me);
        if (slot === null) continue;
        held.push(ledger.slots.held('model'));
        slot[Symbol.dispose]();
      }
      return held;`,
    );
    expect(Math.max(...held.flat())).toBeLessThanOrEqual(2);
    expect(held.every((each) => each.length > 0)).toBe(true);
    expect(freshLedger(file).slots.held('model')).toBe(0);
  });

  it('take each entry of a playbook once', async () => {
    const file = newFile();
    const taken = await race<readonly number[]>(
      file,
      `
      const candidates = Array.from({ length: 120 }, (_, entry) => ({ entry, times: 1 }));
      return Array.from({ length: 40 }, (_, index) => {
        const id = me + '-' + index;
        run('run-' + id, 'dev');
        ledger.sessions.start({ id, run: 'run-' + id, agent: 'dev', project: 'demo', task: 'implement', issue: index, title: 't', pullRequest: null,
          backend: 'b', model: 'm', transcript: 't', keyDigest: id, at: new Date(0) });
        return ledger.sessions.assignEntry(id, candidates);
      });`,
    );
    expect(taken.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, entry) => entry));
  });

  it('get each wake once', async () => {
    const file = newFile();
    const ledger = freshLedger(file);
    for (let key = 0; key < 50; key++) ledger.switches.wake(`schedule-${key}`, 'issue:1', { kind: 'command', by: 'x' }, at('00:00'));
    const taken = await race<readonly string[]>(
      file,
      `return Array.from({ length: 50 }, (_, key) => ledger.switches.takeWakes('schedule-' + key).map(() => key)).flat();`,
    );
    expect(taken.flat()).toHaveLength(50);
    expect(new Set(taken.flat()).size).toBe(50);
  });

  it('close a lost run once', async () => {
    const file = newFile();
    const ledger = freshLedger(file);
    for (let index = 0; index < 40; index++) startSession(ledger, `s${index}`, { run: startRun(ledger, `run-${index}`) });
    const closed = await race<readonly string[]>(file, `return ledger.runs.closeLost(() => false, new Date(0)).map(({ id }) => id);`);
    expect(closed.flat()).toHaveLength(40);
    expect(new Set(closed.flat()).size).toBe(40);
  });
});
