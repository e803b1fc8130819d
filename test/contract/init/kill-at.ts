/**
 * Loaded into `disinto init` with `--import`: kills the process (-9) at one exact moment. A moment is a line that it says (an event of
 * a step), a request that changes the forge, or a file that takes its place; nothing in the program knows of it.
 */
import { channel } from 'node:diagnostics_channel';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { type KillMoment, killVariable } from './moment.ts';

const text = process.env[killVariable];
delete process.env[killVariable];
delete process.env['NODE_OPTIONS'];
if (text !== undefined) watch(JSON.parse(text) as KillMoment);

function watch(moment: KillMoment): void {
  let left = moment.count ?? 1;
  const meet = (what: string): boolean => {
    if (!new RegExp(moment.pattern).test(what)) return false;
    left -= 1;
    return left === 0;
  };
  const die = (): void => void process.kill(process.pid, 'SIGKILL');
  if (moment.at === 'line') {
    const write = process.stdout.write.bind(process.stdout);
    const spy = (...args: Parameters<typeof write>): boolean => {
      const result = write(...args);
      if (meet(String(args[0]))) die();
      return result;
    };
    process.stdout.write = spy as typeof process.stdout.write;
  }
  if (moment.at === 'request') {
    const chosen = new Set<unknown>();
    channel('undici:request:create').subscribe((message) => {
      const { request } = message as { readonly request: { readonly method: string; readonly path: string } };
      if (request.method === 'GET' || !meet(`${request.method} ${request.path}`)) return;
      if (moment.when === 'before') die();
      chosen.add(request);
    });
    channel('undici:request:headers').subscribe((message) => {
      if (chosen.has((message as { readonly request: unknown }).request)) die();
    });
  }
  if (moment.at === 'file') {
    const rename = fs.renameSync;
    fs.renameSync = (from, to) => {
      const found = meet(String(to));
      if (found && moment.when === 'before') die();
      rename(from, to);
      if (found) die();
    };
    syncBuiltinESMExports();
  }
}
