import type { Check, PlannedStep, PlanResult, Reporter, StepEvent } from '#pipeline';

/** What `disinto init` says, to people or to programs. */
export interface Report {
  plan(about: string, planned: readonly PlannedStep[]): void;
  readonly onEvent: Reporter;
  end(result: PlanResult, next: readonly string[]): void;
  say(text: string): void;
}

type Impossible = Extract<Check, { readonly state: 'impossible' }>;

export const isNeeded = ({ check }: PlannedStep): boolean => check.state === 'absent' || check.state === 'drifted';
export const isObstacle = ({ check, failure }: PlannedStep): boolean => check.state === 'impossible' && failure === 'fatal';

/** One JSON document a line. */
export function jsonReport(write: (line: string) => void): Report {
  const line = (event: string, data: object): void => write(`${JSON.stringify({ event, ...data })}\n`);
  return {
    plan: (about, steps) => line('plan', { about, steps }),
    onEvent: (event) => line('step', event),
    end: (result, next) => line('end', { ...result, next }),
    say: (text) => line('note', { text }),
  };
}

/** Left as it is, and yet a person has to mend it. */
export const asksForLook = ({ check }: PlannedStep): boolean => check.state === 'skipped' && check.asksForLook === true;

export interface Terminal {
  write(text: string): void;
  /** Whether a line can be written over. */
  readonly isTerminal: boolean;
}

/** Lines for people. On a terminal the step that runs is shown until it ends. */
export function textReport(terminal: Terminal): Report {
  const titles = new Map<string, string>();
  const print = (line: string): void => terminal.write(`${terminal.isTerminal ? '\r\u001B[K' : ''}${line}\n`);
  let total = 0;
  let begun = 0;
  const kept = new Set<string>();
  const looks = new Set<string>();
  return {
    plan: (about, planned) => {
      total = planned.length;
      for (const { id, title } of planned) titles.set(id, title);
      for (const { title } of planned.filter(asksForLook)) looks.add(title);
      for (const line of planLines(about, planned)) print(line);
    },
    onEvent: (event) => {
      const title = titles.get(event.step) ?? event.step;
      if (event.type === 'started') {
        begun += 1;
        if (terminal.isTerminal) terminal.write(`\r\u001B[K  [${begun}/${total}] ${title} …`);
        return;
      }
      if (event.type === 'checked' && event.check.state === 'present') kept.add(event.step);
      if (event.type === 'warned' || (event.type === 'skipped' && event.asksForLook)) looks.add(title);
      // Whatever was there already is counted in the plan, and not told again.
      const line = event.type === 'completed' && kept.has(event.step) ? null : eventLine(event, title);
      if (line !== null) print(line);
    },
    end: (result, next) => {
      print(endLine(result, [...looks]));
      for (const line of next) print(line);
    },
    say: print,
  };
}

function planLines(about: string, planned: readonly PlannedStep[]): readonly string[] {
  const there = planned.filter(({ check }) => check.state === 'present').length;
  const steps = planned
    .filter(isNeeded)
    .flatMap(({ check }) => ('actions' in check ? check.actions.map((action) => (action.startsWith(' ') ? `    ${action}` : `  - ${action}`)) : []));
  const left = planned.flatMap(({ check }) => (check.state === 'skipped' ? [`  ${check.reason}`] : []));
  const impossible = planned.flatMap(({ title, check }) => (check.state === 'impossible' ? impossibleLines(title, check) : []));
  return [
    about,
    ...(steps.length === 0 ? [] : ['', 'To do:', ...steps]),
    ...(left.length === 0 ? [] : ['', 'Left as it is:', ...left]),
    ...(impossible.length === 0 ? [] : ['', 'Cannot be done:', ...impossible]),
    ...(there === 0 ? [] : ['', `There already: ${there} of ${planned.length} steps.`]),
    '',
  ];
}

const impossibleLines = (title: string, { reason, byHand }: Impossible): readonly string[] => [
  `  ${title}: ${reason}`,
  ...byHand.map((line) => `      by hand: ${line}`),
];

function eventLine(event: StepEvent, title: string): string | null {
  switch (event.type) {
    case 'completed':
      return `  ok       ${title}: ${event.note} (${seconds(event.durationMs)})`;
    case 'warned':
      return `  look     ${title}: ${event.note} (${seconds(event.durationMs)})\n           ${event.warning}`;
    case 'failed':
      return `  FAILED   ${title}: ${event.message}`;
    case 'undone':
      return `  undone   ${event.name}${event.ok ? '' : `: FAILED, ${event.message ?? ''}`}`;
    case 'checked':
    case 'phase':
    case 'started':
      return null;
    case 'skipped':
      return event.asksForLook ? `  look     ${title}: left as it is\n           ${event.reason}` : null;
  }
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

function endLine({ end, applied, failures }: PlanResult, looks: readonly string[]): string {
  const did = `${applied} step${applied === 1 ? '' : 's'} changed something`;
  switch (end) {
    case 'done':
      return applied === 0 ? '\nNothing to do.' : `\nDone: ${did}.`;
    case 'degraded':
      return `\n${applied === 0 && failures.length === 0 ? 'Nothing to do' : 'Done'}, but something asks for a look (above)${looks.map((title) => `\n  ${title}`).join('')}\n${did}${failures.length === 0 ? '' : `, ${failures.length} failed`}. Run the same command again after mending it.`;
    case 'failed':
      return `\nStopped: ${did} before. Nothing is lost: mend what is said above, and run the same command again.`;
    case 'cancelled':
      return `\nStopped as asked: ${did}. The same command goes on from here.`;
  }
}
