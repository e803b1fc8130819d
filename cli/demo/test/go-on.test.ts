import { expect, it } from 'vitest';
import { howToGoOn } from '../end/go-on.ts';

const request = { folder: "my folder's", harness: 'claude', keep: '/tmp/a b', forSeconds: 600, json: true } as const;

it('what was stopped is gone on with by the same command, as a shell reads it', () => {
  const command = `disinto demo 'my folder'\\''s' --keep '/tmp/a b' --harness claude --for 600s --json`;
  expect(howToGoOn(request, 'stopped', '/tmp/a b')).toBe(`Stopped; nothing is lost. Go on with: ${command}`);
  expect(howToGoOn(request, 'time', '/tmp/a b')).toBe(`The time is over. Go on with: ${command}`);
  const plain = { folder: 'examples/x', harness: null, keep: null, forSeconds: null, json: false };
  expect(howToGoOn(plain, 'stopped', '/tmp/d-1')).toBe('Stopped; nothing is lost. Go on with: disinto demo examples/x --keep /tmp/d-1');
});

it('after --for without --keep it says how to keep; at another end nothing', () => {
  expect(howToGoOn({ ...request, folder: 'x', keep: null, json: false }, 'time', '/tmp/d')).toMatch(
    /nothing was kept\..* disinto demo x --harness claude --for 600s --keep DIR$/,
  );
  expect(howToGoOn(request, 'done', '/tmp/d')).toBeNull();
  expect(howToGoOn(request, 'stuck', '/tmp/d')).toBeNull();
});
