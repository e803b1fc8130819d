import { shellWord } from '../../shell-word.ts';
import type { DemoRequest } from '../request.ts';
import type { Finish } from '../watch.ts';

/** How a demo that did not come to its end is gone on with, for people; null when there is nothing to say. `root`: what it kept so far. */
export function howToGoOn(request: DemoRequest, finish: Finish, root: string): string | null {
  if (finish === 'stopped') return `Stopped; nothing is lost. Go on with: ${commandLine(request, root)}`;
  if (finish !== 'time') return null;
  if (request.keep !== null) return `The time is over. Go on with: ${commandLine(request, root)}`;
  return `The time is over, and nothing was kept. To be able to go on, name a folder next time: ${commandLine(request, null)} --keep DIR`;
}

function commandLine({ folder, harness, forSeconds, json }: DemoRequest, keep: string | null): string {
  const words = ['disinto', 'demo', folder];
  if (keep !== null) words.push('--keep', keep);
  if (harness !== null) words.push('--harness', harness);
  if (forSeconds !== null) words.push('--for', `${forSeconds}s`);
  if (json) words.push('--json');
  return words.map(shellWord).join(' ');
}
