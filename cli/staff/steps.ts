import { readFileSync } from 'node:fs';
import type { Step } from '#pipeline';
import { type ConfigEdit, editConfig } from '../../shared/config/edit/edit.ts';
import { editConfigFile } from '../../shared/config/edit/save.ts';
import type { StaffContext } from './hand.ts';

export type StaffStep = Step<StaffContext>;

const noMore = (): Promise<readonly ConfigEdit[]> => Promise.resolve([]);

/** Makes the disinto.toml say something. `what` is one line for people; `more` is what only the forge can tell then. */
export const configStep = (
  edits: readonly ConfigEdit[],
  what: string,
  more: (context: StaffContext) => Promise<readonly ConfigEdit[]> = noMore,
): StaffStep => ({
  id: 'config/disinto.toml',
  title: 'disinto.toml',
  failure: 'fatal',
  timeoutSeconds: 30,
  check: ({ settings: { file } }) => {
    const text = readFileSync(file, 'utf8');
    return Promise.resolve(editConfig(text, edits, file) === text ? { state: 'present' } : { state: 'drifted', actions: [what] });
  },
  apply: async (context) => {
    await editConfigFile(context.settings.file, [...edits, ...(await more(context))]);
    return { note: what };
  },
});

/** How the ledger's pause of a fired agent begins. */
const firedMark = 'fired: ';

/** No new run of it starts, also in a process that goes on with the old disinto.toml. */
export const pauseStep = (agent: string): StaffStep => ({
  id: `ledger/${agent}`,
  title: `no new run of ${agent}`,
  failure: 'degradable',
  timeoutSeconds: 30,
  check: ({ ledger }) => {
    if (ledger === null || ledger.switches.paused(agent)?.reason.startsWith(firedMark) === true) return Promise.resolve({ state: 'present' });
    return Promise.resolve({ state: 'drifted', actions: [`let no new run of ${agent} start, also where it runs now`] });
  },
  apply: ({ ledger, clock }) => {
    ledger?.switches.pause(agent, `${firedMark}disinto hire --name ${agent} takes it back`, clock.now());
    return Promise.resolve({ note: 'from now on' });
  },
});

/** Takes back the pause of `pauseStep`; one that a person set stays. */
export const resumeStep = (agent: string): StaffStep => ({
  id: `ledger/${agent}`,
  title: `runs of ${agent}`,
  failure: 'degradable',
  timeoutSeconds: 30,
  check: ({ ledger }) => {
    const fired = ledger?.switches.paused(agent)?.reason.startsWith(firedMark) === true;
    return Promise.resolve(fired ? { state: 'drifted', actions: [`let ${agent} run again`] } : { state: 'present' });
  },
  apply: ({ ledger }) => {
    ledger?.switches.resume(agent);
    return Promise.resolve({ note: 'allowed' });
  },
});
