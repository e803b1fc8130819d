/** Where a demo is killed: the `count`th write since its start whose SQL and values (each a regular expression) fit. */
export interface Moment {
  readonly name: string;
  readonly statement: string;
  readonly values: readonly string[];
  readonly when: 'before' | 'after';
  readonly count?: number;
  /** Milliseconds that it still lives after the moment. */
  readonly delayMs?: number;
}

export const momentVariable = 'DISINTO_TEST_KILL';

type More = Partial<Pick<Moment, 'count' | 'delayMs'>>;

const at = (name: string, when: Moment['when'], statement: string, values: readonly string[], more: More = {}): Moment => ({
  name,
  when,
  statement,
  values,
  ...more,
});
type About = readonly (string | RegExp)[];

const exactly = (text: string | RegExp): string => (text instanceof RegExp ? text.source : `^${text.replace(/[.\\/-]/g, '\\$&')}$`);
const words = (kind: string, about: About): readonly string[] => [exactly(kind), ...about.map(exactly)];

/** The effect stands on the forge, and the ledger does not say so yet. */
export const unconfirmed = (kind: string, ...about: About): Moment =>
  at(`${kind} ${about.join(' ')} done, not recorded`, 'before', '^UPDATE effects', words(kind, about));
/** The effect is recorded; whatever comes next has not begun. */
export const confirmed = (kind: string, ...about: About): Moment => at(`${kind} ${about.join(' ')} recorded`, 'after', '^UPDATE effects', words(kind, about));
/** The effect is announced in the ledger, and nothing has happened. */
export const intended = (kind: string, ...about: About): Moment =>
  at(`${kind} ${about.join(' ')} intended`, 'after', '^INSERT INTO effects', words(kind, about));
/** Inside a session of this task, so long after its start. */
export const inSession = (task: string, delayMs: number): Moment =>
  at(`${delayMs} ms into a session for ${task}`, 'after', '^INSERT INTO sessions', [exactly(task)], { delayMs });
/** The model has been asked, and the session works on its answer: with files changed, nothing committed, a command running. */
export const whileWorking = (delayMs: number): Moment =>
  at(`${delayMs} ms after the first answer of a model`, 'after', '^UPDATE sessions SET entry', [], { delayMs });
/** The session has answered, and the ledger does not know. */
export const sessionOver = (): Moment => at('a session answered, not recorded', 'before', '^UPDATE sessions SET state', ['^answered$']);
/** A write of the forge. */
export const forge = (name: string, when: Moment['when'], statement: string, values: readonly string[] = [], more: More = {}): Moment =>
  at(name, when, statement, values, more);
