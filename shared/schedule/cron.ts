import { Cron } from 'croner';

/** The first time strictly after an instant that the expression (five or six fields) matches in the zone; see `dueTimes`. */
export function cronAfter(expression: string, zone: string): (instant: Date) => Date | null {
  const cron = new Cron(expression, { timezone: zone, mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard', paused: true });
  return (instant) => cron.nextRun(instant);
}

/** Why the expression cannot be used, or null. An expression that no date ever matches is a mistake, too. */
export function cronProblem(expression: string): string | null {
  if (!/^(@\w+|\S+( +\S+){4,5})$/.test(expression.trim())) return 'it needs five fields, or six with seconds first';
  try {
    return cronAfter(expression, 'UTC')(new Date(0)) === null ? 'no date ever matches it' : null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message.replace(/^Cron\w+: /, '').replace(/\.+$/, '');
  }
}

/** Whether the name is a time zone that this Node knows. */
export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
