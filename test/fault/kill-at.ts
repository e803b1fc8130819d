/**
 * Loaded into a demo with `--import`: kills the process (-9) at one exact moment of its work. A moment is a write to one of its two
 * databases, the ledger's or the forge's, seen before or after it happens; nothing in the program knows of it.
 */
import { StatementSync } from 'node:sqlite';
import { type Moment, momentVariable } from './moment.ts';

type Run = StatementSync['run'];
type Get = StatementSync['get'];
type Values = Parameters<Run>;

const text = process.env[momentVariable];
delete process.env[momentVariable];
if (text !== undefined) watch(JSON.parse(text) as Moment);

function watch(moment: Moment): void {
  const statement = new RegExp(moment.statement);
  const effects = new Map<number, Values>();
  let left = moment.count ?? 1;
  const die = (): void => {
    if (moment.delayMs !== undefined) setTimeout(() => process.kill(process.pid, 'SIGKILL'), moment.delayMs);
    else process.kill(process.pid, 'SIGKILL');
  };
  const matches = (sql: string, values: Values): boolean => {
    if (!statement.test(sql)) return false;
    // An effect is confirmed by its number: what it is, the row that was intended says.
    const named = sql.startsWith('UPDATE effects') ? (effects.get(Number(values[1])) ?? []) : values;
    if (!moment.values.every((pattern) => named.some((value) => new RegExp(pattern).test(String(value))))) return false;
    left -= 1;
    return left === 0;
  };
  const { run, get } = StatementSync.prototype;
  const around = <T>(self: StatementSync, values: Values, act: () => T): T => {
    const found = matches(self.sourceSQL, values);
    if (found && moment.when === 'before') die();
    const result = act();
    if (found && moment.when === 'after') die();
    return result;
  };
  StatementSync.prototype.run = function (this: StatementSync, ...values: Values) {
    return around(this, values, () => {
      const result = run.apply(this, values);
      if (this.sourceSQL.startsWith('INSERT INTO effects')) effects.set(Number(result.lastInsertRowid), values);
      return result;
    });
  } as Run;
  StatementSync.prototype.get = function (this: StatementSync, ...values: Values) {
    return around(this, values, () => get.apply(this, values));
  } as Get;
}
