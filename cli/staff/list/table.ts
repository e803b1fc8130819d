import { renderColumns } from '../../print.ts';
import type { Member } from './roster.ts';

const head = ['NAME', 'BACKEND', 'MODEL', 'ROLES', 'IDENTITY', 'STATUS', 'SOURCE'];

/** The table for people; why something is not well stands below it. */
export function renderRoster(members: readonly Member[], now: Date): string {
  if (members.length === 0) return 'There is no agent yet; hire one: disinto hire anthropic --role dev';
  const rows = members.map((member) => [
    member.name,
    member.backend ?? '-',
    member.model ?? '-',
    member.roles.join(', ') || '-',
    member.identity ?? '-',
    renderStatus(member, now),
    member.source.join(', '),
  ]);
  const notes = members.flatMap(({ name, state, reason }) => (reason === null ? [] : [`${name} is ${state}: ${reason}`]));
  return [renderColumns(head, rows), ...(notes.length === 0 ? [] : ['', ...notes])].join('\n');
}

function renderStatus({ enabled, source, state, lastActivity }: Member, now: Date): string {
  const may = enabled ? 'enabled' : source.includes('disinto.toml') ? 'disabled' : 'not configured';
  const last = lastActivity === null ? 'never ran' : `last run ${ago(now.getTime() - lastActivity.getTime())}`;
  return [may, state, last].join(' · ');
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const found = units.find(([, size]) => seconds >= size);
  return found === undefined ? 'just now' : `${Math.floor(seconds / found[1])} ${found[0]} ago`;
}
