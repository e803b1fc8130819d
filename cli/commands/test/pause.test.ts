import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openLedger } from '../../../shared/ledger/sqlite.ts';
import { sampleText } from '../../staff/test/sample.ts';
import { type Command, parseCall } from '../../command.ts';
import { pauseCommand, resumeCommand } from '../pause.ts';

/** An instance of the sample, in which dev-2 has `enabled = false`. */
function setUp() {
  const root = mkdtempSync(join(tmpdir(), 'disinto-pause-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const config = join(root, 'disinto.toml');
  writeFileSync(config, sampleText);
  mkdirSync(join(root, 'data'));
  const ledger = openLedger(join(root, 'data', 'ledger.sqlite'));
  onTestFinished(() => ledger.close());
  const call = (command: Command, ...words: readonly string[]): Promise<number> => command.run(parseCall(command, [...words, '--config', config]));
  return { ledger, call };
}

it('a name that nobody has pauses nobody, and says which there are', async () => {
  const { ledger, call } = setUp();
  await expect(call(pauseCommand, 'dve')).rejects.toThrow(/there is no agent dve; .*dev/);
  expect(ledger.switches.paused('dve')).toBeNull();
});

it('resuming everybody leaves a fired agent where it is', async () => {
  const { ledger, call } = setUp();
  ledger.switches.pause('dev-2', 'fired: disinto hire --name dev-2 takes it back', new Date());
  await call(pauseCommand);
  await call(pauseCommand, 'dev');
  await call(resumeCommand);
  expect([ledger.switches.paused('dev'), ledger.switches.paused('dev-2')?.reason]).toEqual([null, 'fired: disinto hire --name dev-2 takes it back']);
  await expect(call(resumeCommand, 'dev-2')).rejects.toThrow('disinto hire --name dev-2');
});
