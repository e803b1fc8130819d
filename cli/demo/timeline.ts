import type { HostEvent } from '../../shared/agent/hosted.ts';

/** Something that happened in a demo, as the timeline and the JSON lines show it. */
export interface DemoEvent {
  readonly at: Date;
  readonly kind: string;
  /** Agent, `ci`, or `demo`. */
  readonly who: string;
  readonly subject: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Says events as they come: lines for people, or one JSON object a line. */
export interface Timeline {
  show(event: DemoEvent): void;
  /** A line for people only. */
  note(text: string): void;
}

export function fromHost(event: HostEvent): DemoEvent {
  return {
    at: event.at,
    kind: event.kind,
    who: event.agent,
    subject: event.subject,
    data: { ...event.data, ...(event.run === null ? {} : { run: event.run }) },
  };
}

export function jsonTimeline(write: (line: string) => void): Timeline {
  return {
    show: ({ at, kind, who, subject, data }) => write(JSON.stringify({ event: kind, at: at.toISOString(), who, subject, ...data })),
    note: () => {},
  };
}

const quiet = new Set(['run-started', 'run-ended', 'session-progress', 'merge-result', 'observed', 'decided']);
const colours: Readonly<Record<string, number>> = { dev: 36, reviewer: 35, merger: 32, ci: 33, demo: 90 };

/** Colour only on a terminal. `started` is when the clock of the timeline began. */
export function textTimeline(write: (line: string) => void, started: Date, colour: boolean): Timeline {
  const paint = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    note: write,
    show(event) {
      if (quiet.has(event.kind)) return;
      const seconds = ((event.at.getTime() - started.getTime()) / 1000).toFixed(1).padStart(6);
      const who = event.who.padEnd(9);
      const code = colours[event.who.replace(/-.*$/, '')] ?? 37;
      const bad = ['parked', 'session-failed', 'checks-red', 'merge-refused', 'run-lost', 'loop-stopped', 'forge-trouble', 'no-ci', 'main-red'].includes(
        event.kind,
      );
      const text = describe(event);
      write(
        `${paint(90, seconds)}  ${paint(code, who)} ${(event.subject ?? '').replace('issue:', '#').replace('pr:', 'PR #').padEnd(8)} ${bad ? paint(31, text) : event.kind === 'merged' ? paint(32, text) : text}`,
      );
    },
  };
}

/** A value of an event's data as text; nothing is empty. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}

function failuresOf({ failures }: DemoEvent['data']): string {
  const list = Array.isArray(failures) ? (failures as readonly { readonly workflow: string; readonly description: string }[]) : [];
  return list.map(({ workflow, description }) => `workflow ${workflow}, ${description}`).join('; ');
}

function describe({ kind, data }: DemoEvent): string {
  const text = (key: string): string => shown(data[key]);
  switch (kind) {
    case 'claimed':
      return `claimed: ${text('title')}`;
    case 'session':
      return `session: ${text('task')}${text('round') === '' ? '' : `, round ${text('round')}`}`;
    case 'pull-request':
      return `opened pull request #${text('pr')} from ${text('branch')}`;
    case 'pushed':
      return `pushed ${text('head').slice(0, 10)} (${text('task')})`;
    case 'checks-green':
    case 'checks-red':
      return `${text('context')} ${kind === 'checks-green' ? 'is green' : 'is RED'} on ${text('head').slice(0, 10)}`;
    case 'review':
      return `review: ${text('verdict')}`;
    case 'merged':
      return `merged as ${text('commit').slice(0, 10)}`;
    case 'parked':
      return `parked: ${text('reason')}`;
    case 'un-parked':
      return `un-parked: ${text('by')}`;
    case 'session-failed':
      return `session failed (${text('task')}): ${text('why')}`;
    case 'follow-up':
      return `filed as a follow-up: ${text('title')}`;
    case 'closed':
      return `closed as already done: ${text('why')}`;
    case 'no-ci':
      return text('warning');
    case 'main-green':
      return `the tests of the merged ${text('branch')} are green`;
    case 'main-red':
      return `the tests of the merged ${text('branch')} are RED: ${failuresOf(data)}`;
    default:
      return `${kind}${
        Object.keys(data).length === 0
          ? ''
          : `: ${Object.entries(data)
              .filter(([key]) => key !== 'run')
              .map(([key, value]) => `${key} ${shown(value)}`)
              .join(', ')}`
      }`;
  }
}
