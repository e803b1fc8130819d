import type { Outcome, Tick } from '#agent';
import { firstLine, publishable } from '#domain/publishable';
import { labels } from '#domain/name';
import { parkIssue } from '#work/park';
import type { DevAnswer } from '#dev/answer';
import { type ChangeRequest, type DevPorts, nothingChanged } from './change.ts';

/** A session said that it will not do it: a comment and a state that says what lets it go on (D7: never straight back to the queue). */
export async function refuse(ports: DevPorts, tick: Tick, request: ChangeRequest, answer: DevAnswer): Promise<Outcome> {
  const { issue } = request.item;
  if (answer.status === 'already_done' && request.task === 'implement') return close(ports, tick, request, answer);
  const open = await openDependencies(ports, issue.number, answer.dependsOn ?? []);
  const park =
    answer.status === 'unmet_dependency' && open.length > 0
      ? {
          slug: `waits-for #${open[0]}`,
          prose: `${open.map((n) => `#${n}`).join(', ')} must be closed first: ${answer.summary}`,
          waitsFor: open,
          until: 'closed' as const,
        }
      : {
          slug: answer.status.replaceAll('_', '-'),
          prose: `${beforeThat(request)}${answer.question ?? answer.summary}`,
          waitsFor: [],
          until: 'person' as const,
        };
  await parkIssue(ports, tick, { ...park, issue, previous: request.item.park, held: null, attempt: 0 });
  return { kind: 'acted', did: `parked #${issue.number} as ${park.slug}` };
}

/** What the sessions before this one did, when that is the very reason why it has nothing to go on. */
function beforeThat({ item, task, at }: ChangeRequest): string {
  const head = task === 'implement' ? '' : at;
  const last = item.attempts.findLast((attempt) => attempt.task === task && attempt.head === head && attempt.at > (item.park?.at ?? ''));
  return last?.why === nothingChanged ? `the session before this one answered done, but changed nothing; this one says: ` : '';
}

async function close(ports: DevPorts, tick: Tick, request: ChangeRequest, answer: DevAnswer): Promise<Outcome> {
  const { issue } = request.item;
  const text = `Closed as already done: ${publishable(answer.summary, 4000)}\n\nReopen it with the label \`backlog\` if that is wrong.`;
  await tick.effect('comment', `issue:${issue.number}`, 'already-done', () => ports.forge.ensureComment(issue.number, 'already-done', text));
  await tick.effect('close', `issue:${issue.number}`, 'already done', () => ports.forge.ensureClosed(issue.number));
  const remove = [labels.backlog.name, labels.inProgress.name];
  await ports.forge.ensureLabels(issue.number, { add: [], remove });
  const claim = await ports.git.claims.find(String(issue.number));
  if (claim !== null && claim.agent === tick.agent) await ports.git.claims.release(claim);
  ports.view.forget({ number: issue.number });
  tick.tell('closed', `issue:${issue.number}`, { why: firstLine(answer.summary) });
  return { kind: 'acted', did: `closed #${issue.number} as already done` };
}

/** Of the issues a session names, those that exist and are open; never the issue itself (D12). */
async function openDependencies(ports: DevPorts, own: number, named: readonly number[]): Promise<readonly number[]> {
  const open: number[] = [];
  for (const number of new Set(named)) {
    if (number === own) continue;
    const pull = ports.view.pullRequests.get(number);
    const state = pull === undefined ? (await ports.view.issue(number))?.state : pull.state;
    if (state === 'open') open.push(number);
  }
  return open;
}
