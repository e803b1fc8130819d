import { CliError } from '../command.ts';

/** What `disinto start` can run: the agents, the embedded CI of the projects that have one, and the embedded forge. */
const parts = ['agents', 'ci', 'forge'] as const;
export type Part = (typeof parts)[number];

/** The parts that `--only` names, such as `ci,forge`; all without it. Throws `CliError` for anything else. */
export function parseParts(only: string | null): ReadonlySet<Part> {
  if (only === null) return new Set(parts);
  const named = only.split(',').map((name) => name.trim());
  const known = named.flatMap((name) => parts.filter((part) => part === name));
  const unknown = named.filter((name) => !parts.some((part) => part === name));
  if (unknown.length > 0) throw new CliError(`--only ${only}: there is no part "${unknown.join(', ')}"; choose among ${parts.join(', ')}`, 2);
  return new Set(known);
}
