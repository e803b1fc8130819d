import { join } from 'node:path';
import { attemptBranch, labels } from '#domain/name';
import type { Sha } from '#domain/sha';
import { hostOptions } from '../shared/agent/connect.ts';
import { startHost } from '../shared/agent/host.ts';
import { systemClock } from '../shared/clock/system.ts';
import { type Figure, mean } from './figure.ts';
import { type Seen, watchRequests } from './requests.ts';
import { openStand, type Stand } from './stand.ts';

const waiting = 5;
const everySeconds = 1;
const warmUpSeconds = 8;
const seconds = 12;

/** One run of one agent and what it cost. */
interface Run {
  readonly agent: string;
  readonly calls: number;
  readonly cold: boolean;
}

/**
 * What looking costs while nothing happens: five pull requests of dev whose checks the CI account left pending, five issues
 * of theirs, and twenty more that are queued, depend on nothing there is, or came from an outsider. No webhook tells anybody
 * anything: agents run by their schedules alone.
 */
export async function measureIdleTicks(root: string): Promise<readonly Figure[]> {
  const stand = await openStand(root, everySeconds);
  const heads = await fill(stand);
  const runs: Run[] = [];
  const before = new Map<string, number>();
  const calls = (agent: string): number => stand.slots.find((slot) => slot.name === agent)?.ports.forge.calls() ?? 0;
  const host = startHost({
    ...hostOptions(stand.runtime),
    slots: stand.slots,
    onEvent: ({ kind, agent }) => {
      if (kind === 'run-started') before.set(agent, calls(agent));
      if (kind === 'run-ended') runs.push({ agent, calls: calls(agent) - (before.get(agent) ?? 0), cold: !runs.some((run) => run.agent === agent) });
    },
  });
  await systemClock.sleep(warmUpSeconds * 1000);
  const cold = runs.splice(0).filter((run) => run.cold);
  const requests = watchRequests();
  await systemClock.sleep(seconds * 1000);
  requests.stop();
  await host.stop();
  await stand.close();
  return [...callFigures(runs, cold), ...gitAndRotation(requests.seen, heads, runs)];
}

function callFigures(runs: readonly Run[], cold: readonly Run[]): readonly Figure[] {
  return ['dev', 'reviewer', 'merger'].map((agent) => {
    const own = runs.filter((run) => run.agent === agent).map((run) => run.calls);
    const most = Math.max(0, ...own);
    const first = cold.find((run) => run.agent === agent)?.calls ?? 0;
    return {
      name: `forge calls per idle tick, ${agent} (most ${most} of ${own.length} ticks)`,
      value: mean(own),
      unit: 'calls',
      reference: { name: 'its first tick, all unknown', value: first },
      wanted: '≤ 2',
      holds: most <= 2 && own.length >= 5,
    };
  });
}

function gitAndRotation(seen: readonly Seen[], heads: readonly Sha[], runs: readonly Run[]): readonly Figure[] {
  const git = seen.filter((request) => request.kind === 'git').length;
  const looks = heads.map((head) => seen.filter((request) => request.path.includes(`${head}/status`)).length);
  return [
    {
      name: 'git commands to the forge per idle tick',
      value: git / Math.max(1, runs.length),
      unit: 'requests',
      reference: { name: 'one fetch', value: 3 },
      wanted: '0',
      holds: git === 0,
    },
    {
      name: 'looks at the pending heads: least often seen one',
      value: Math.min(...looks),
      unit: 'looks',
      reference: { name: 'most often seen one', value: Math.max(...looks) },
      wanted: 'in rotation',
      holds: Math.min(...looks) > 0 && Math.max(...looks) - Math.min(...looks) <= 2,
    },
  ];
}

async function fill(stand: Stand): Promise<readonly Sha[]> {
  const maintainer = stand.forge('maintainer');
  const dev = stand.forge('dev');
  await maintainer.ensureLabelsExist(Object.values(labels));
  const heads: Sha[] = [];
  const numbers: number[] = [];
  for (let at = 1; at <= waiting; at += 1) {
    const issue = await maintainer.createIssue({ title: `Write note ${at}`, body: '', labels: [labels.inProgress.name] });
    await dev.ensureAssignees(issue.number, ['dev']);
    numbers.push(issue.number);
  }
  for (let at = 1; at <= 10; at += 1) await maintainer.createIssue({ title: `Later ${at}`, body: '', labels: [labels.backlog.name] });
  for (let at = 1; at <= 5; at += 1) await maintainer.createIssue({ title: `Blocked ${at}`, body: 'Depends on #9999', labels: [labels.backlog.name] });
  for (let at = 1; at <= 5; at += 1) await stand.forge('outsider').createIssue({ title: `Wish ${at}`, body: '', labels: [] });
  for (const number of numbers) {
    const branch = attemptBranch(number, 1);
    const head = await stand.pushBranch('dev', branch, join('notes', `note-${number}.sh`));
    await dev.ensurePullRequest({ branch, base: 'main', title: `Write note ${number}`, body: `Fixes #${number}` });
    await stand.forge('ci').postStatus(head, { context: 'ci/test', state: 'pending', description: 'waits', targetUrl: null });
    heads.push(head);
  }
  return heads;
}
