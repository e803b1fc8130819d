import type { PullRequest } from '#domain/pull-request';
import type { Play, Script } from '../fakes/sessions.ts';
import type { World } from './world.ts';

/** Files are written, and the session says that it is done. */
export const writes = (files: Readonly<Record<string, string | null>>): Play => ({
  files,
  answer: { status: 'done', summary: `Write ${Object.keys(files).join(', ')}` },
});

/** Each issue gets a file of its own, so that changes do not meet. */
export const writesOwnFile: Script = ({ subject }) => writes({ [`issue-${subject.issue}.txt`]: `${subject.title}\n` });

export const approves: Play = { answer: { verdict: 'approve', summary: 'Fine' } };
export const rejects: Play = {
  answer: { verdict: 'request_changes', summary: 'Not yet', comments: [{ path: 'a.txt', line: 1, body: 'Wrong', severity: 'major' }] },
};
export const fails: Play = { fails: { error: 'answer', why: 'it ended without an answer' } };

/** An issue of the maintainer whose pull request dev has just opened. */
export async function opened(
  world: World,
  title = 'Add a file',
  play: Script = writesOwnFile,
): Promise<{ readonly issue: number; readonly pull: PullRequest }> {
  const issue = world.issue(title);
  world.sessions.script('implement', play);
  await world.tick('dev');
  return { issue, pull: await world.pull(issue) };
}

/** CI is green on the head and the reviewer approves it. */
export async function approved(world: World, pull: PullRequest): Promise<void> {
  await world.check(pull.head, 'success');
  world.sessions.script('review', approves);
  await world.tick('reviewer');
}

/** How often a session of this task ran. */
export const count = (world: World, task: string): number => world.sessions.prompts(task).length;
