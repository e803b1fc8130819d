import { describe, expect, it } from 'vitest';
import { atLeast } from '../gitea/go.ts';
import { forgeOfEnvironment } from '../gitea/elsewhere.ts';
import { type Machine, ensureMachine } from '../machine.ts';

function machineWith(present: readonly string[], installs: boolean): { machine: Machine; asked: string[]; said: string[] } {
  const has = new Set(present);
  const asked: string[] = [];
  const brings: Readonly<Record<string, string>> = { git: 'git', gcc: 'gcc', 'golang-go': 'go' };
  const apt: Machine['apt'] = (...args) => {
    asked.push(args.join(' '));
    for (const name of args[0] === 'install' ? args : []) if (brings[name] !== undefined) has.add(brings[name]);
  };
  return { machine: { runs: ({ program }) => has.has(program), installs, apt }, asked, said: [] };
}

describe('a machine for the tests', () => {
  it('with everything is left alone, and so is one without Go when Gitea is there', () => {
    const full = machineWith(['git', 'gcc', 'go'], true);
    ensureMachine(true, (line) => full.said.push(line), full.machine);
    const noGo = machineWith(['git'], true);
    ensureMachine(false, (line) => noGo.said.push(line), noGo.machine);
    expect([full.asked, full.said, noGo.asked, noGo.said]).toEqual([[], [], [], []]);
  });

  it("gets Debian's packages for what it lacks, and says so", () => {
    const { machine, asked, said } = machineWith(['git'], true);
    ensureMachine(true, (line) => said.push(line), machine);
    expect(asked).toEqual(['update -qq', 'install -y -qq --no-install-recommends gcc libc6-dev golang-go ca-certificates']);
    expect(said).toEqual([expect.stringContaining('gcc, go: installing')]);
  });

  it('that we may not change stops with the list of what is missing', () => {
    const { machine, asked } = machineWith(['gcc'], false);
    expect(() => ensureMachine(true, () => {}, machine)).toThrow(/need git, go, which this machine lacks: .*apt-get install git golang-go ca-certificates/);
    expect(asked).toEqual([]);
  });

  it('whose packages bring nothing that runs stops with what still does not', () => {
    const { machine } = machineWith(['git', 'gcc'], true);
    expect(() => ensureMachine(true, () => {}, { ...machine, apt: () => {} })).toThrow(/go still does not run/);
  });
});

it('versions of Go are compared by number', () => {
  const newer = (['1.26.8', '1.26.2', '1.27', '2.0'] as const).map((each) => atLeast(each, '1.26.2'));
  const older = (['1.26.1', '1.19.8', '1.3', '1.26'] as const).map((each) => atLeast(each, '1.26.2'));
  expect([newer, older]).toEqual([newer.map(() => true), older.map(() => false)]);
});

it('a forge named without a token for it is an error that says which variable', () => {
  expect(forgeOfEnvironment({})).toBeNull();
  expect(() => forgeOfEnvironment({ DISINTO_TEST_FORGE_URL: 'http://127.0.0.1:3000' })).toThrow(/DISINTO_TEST_FORGE_ADMIN_TOKEN_FILE/);
  expect(forgeOfEnvironment({ DISINTO_TEST_FORGE_URL: 'http://127.0.0.1:3000//', DISINTO_TEST_FORGE_ADMIN_TOKEN: 't' })).toMatchObject({
    url: 'http://127.0.0.1:3000',
    bootstrap: { token: 't' },
  });
});
