import { join } from 'node:path';
import { labels } from '#domain/name';
import type { Factory } from '../cli/demo/factory.ts';
import { systemClock } from '../shared/clock/system.ts';
import { runBareCli } from './bare/cli.ts';
import { type Figure, median } from './figure.ts';
import { writeFolder } from './folder.ts';
import { startKept, untilIdle } from './idle-factory.ts';
import { isRunning } from './processes.ts';
import { type Watching, watchRequests } from './requests.ts';

const times = 7;
const cli = 'pi-coding-agent';

interface Started {
  readonly process: number;
  readonly request: number;
}

/** From the label that a person sets to the process of the coding-agent CLI, and to its first word to the model. */
export async function measureStart(root: string): Promise<readonly Figure[]> {
  const folder = await writeFolder(join(root, 'notes'), {
    issues: Array.from({ length: times }, (_, at) => ({ title: `Question ${at + 1}`, labels: ['later'] })),
    playbook: [{ when: { agent: 'dev' }, times, answer: { status: 'needs_information', summary: 'What for?', question: 'What for?' } }],
  });
  const requests = watchRequests();
  const factory = await startKept(folder, join(root, 'kept'));
  try {
    await untilIdle(factory, 1000);
    const modelUrl = factory.config.backends['scripted']?.baseUrl ?? '';
    const factoryTimes: Started[] = [];
    const bareTimes: Started[] = [];
    for (let number = 1; number <= times; number += 1) {
      factoryTimes.push(await timeFactory(factory, requests, modelUrl, number));
      bareTimes.push(await timeBare(join(root, `bare-${number}`), requests, modelUrl));
    }
    return figures(factoryTimes, bareTimes);
  } finally {
    await factory.close(0);
    requests.stop();
  }
}

function figures(factory: readonly Started[], bare: readonly Started[]): readonly Figure[] {
  const process = median(factory.map((each) => each.process));
  const request = median(factory.map((each) => each.request));
  const alone = median(bare.map((each) => each.request));
  const worst = Math.max(...factory.map((each) => each.process));
  return [
    {
      name: `label set → CLI process (median of ${times}, worst ${Math.round(worst)})`,
      value: process,
      unit: 'ms',
      reference: { name: 'bare CLI, start → first request', value: alone },
      wanted: '≤ 1000 ms',
      holds: process <= 1000,
    },
    {
      name: 'label set → first request to the model',
      value: request,
      unit: 'ms',
      reference: { name: 'bare CLI, start → first request', value: alone },
      wanted: '',
      holds: null,
    },
  ];
}

async function timeFactory(factory: Factory, requests: Watching, modelUrl: string, number: number): Promise<Started> {
  const from = requests.seen.length;
  const began = systemClock.monotonic();
  await factory.forge.ensureLabels(number, { add: [labels.backlog.name], remove: [] });
  const started = await untilStarted(requests, modelUrl, from, began);
  await untilIdle(factory, 700);
  return started;
}

async function timeBare(home: string, requests: Watching, modelUrl: string): Promise<Started> {
  const from = requests.seen.length;
  const began = systemClock.monotonic();
  // The model does not know this key: the CLI is measured up to its first request, which is refused.
  const run = runBareCli({ home, workspace: '/tmp', prompt: 'Hello', modelUrl, key: 'nobody' });
  const started = await untilStarted(requests, modelUrl, from, began);
  run.kill();
  await run.done;
  return started;
}

/** Looks every few milliseconds; milliseconds since `began`. */
async function untilStarted(requests: Watching, modelUrl: string, from: number, began: number): Promise<Started> {
  const port = Number(new URL(modelUrl).port);
  let process_: number | null = null;
  for (;;) {
    if (process_ === null && isRunning(process.execPath, cli)) process_ = systemClock.monotonic() - began;
    const first = requests.seen.slice(from).find((request) => request.port === port);
    if (first !== undefined) return { process: process_ ?? first.at - began, request: first.at - began };
    if (systemClock.monotonic() - began > 60_000) throw new Error('no CLI asked the model within a minute');
    await systemClock.sleep(process_ === null ? 4 : 10);
  }
}
