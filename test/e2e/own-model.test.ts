import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ChatModel, startChatModel } from '../setup/chat-model.ts';
import { inShort, runDemo } from './demo.ts';
import { makePlace, type Place, workflow } from './folder.ts';
import { checkKept, gitIn, sessionsOf } from './kept.ts';

const limit = { timeout: 90_000 };
const key = 'key-of-my-own-endpoint-4711';

/** A folder as a person has it: no playbook, a backend in disinto.toml, its key in a file. */
function ownPlace(model: ChatModel, given: string): Place {
  const place = makePlace({
    issues: [{ title: 'Add a line to the notes', body: 'In `NOTES.md`.' }],
    config: `[backends.mine]\nbase-url = "${model.url}"\napi = "openai-chat"\nmodel = "small-1"\nkey-file = "key"\nprices = { input = 1.0, output = 2.0 }\n\n[agents.dev]\nlimits = { idle-seconds = 10, turns = 10 }\n`,
    files: { 'NOTES.md': '# Notes\n', '.woodpecker/check.yaml': workflow('test -s NOTES.md') },
  });
  writeFileSync(join(place.folder, 'key'), `${given}\n`);
  chmodSync(join(place.folder, 'key'), 0o600);
  return place;
}

it('a folder without a playbook is worked by the endpoint of its disinto.toml', limit, async () => {
  const model = await startChatModel(key);
  using place = ownPlace(model, key);
  try {
    const { code, finished, lines } = await runDemo(place.folder, place.keep);
    expect(inShort(finished.issues)).toEqual([{ number: 1, state: 'merged', ciRounds: 1, reviewRounds: 1 }]);
    expect(code).toBe(0);
    expect(gitIn(finished.repository, 'show', 'main:NOTES.md')).toBe('# Notes\nOne more line.');
    expect(finished.issues[0]?.tokens).toBe(3 * 1050);
    expect(new Set(model.keys)).toEqual(new Set([key]));
    expect(JSON.stringify(lines) + readFileSync(join(place.keep, 'demo.log'), 'utf8')).not.toContain(key);
    await checkKept(place.keep, finished);
  } finally {
    model.close();
  }
});

it('a wrong key: three sessions, then parked with what is wrong', limit, async () => {
  const model = await startChatModel(key);
  using place = ownPlace(model, 'a-key-that-is-not-right');
  try {
    const { code, finished } = await runDemo(place.folder, place.keep);
    expect(inShort(finished.issues)).toEqual([{ number: 1, state: 'parked', reason: 'session-failed', ciRounds: 0, reviewRounds: 0 }]);
    expect(finished.issues[0]?.reason).toMatch(/401|key/i);
    expect(code).toBe(0);
    expect(sessionsOf(place.keep).get(1)).toEqual(['implement auth', 'implement auth', 'implement auth']);
  } finally {
    model.close();
  }
});
