import { type PlaybookEntry, type Task, tasks } from '../../embedded/model/playbook.ts';
import { suggestion } from '../../embedded/model/yaml.ts';

interface Player {
  readonly name: string;
  readonly role: string;
}

/** Who is asked what in a session; the merger has none. */
const tasksOf: Readonly<Record<string, readonly Task[]>> = { dev: tasks.filter((task) => task !== 'review'), reviewer: ['review'] };

/** What is wrong with entries that no session of these agents can ever play, and what would be right. */
export function neverPlayed(entries: readonly PlaybookEntry[], agents: readonly Player[]): readonly string[] {
  return entries.flatMap(({ number, when }) => {
    const { agent, task } = when;
    if (agent === null) return [];
    const problem = problemOf(agent, task, agents);
    return problem === null ? [] : [`[${number - 1}].when: ${problem}`];
  });
}

function problemOf(agent: string, task: Task | null, agents: readonly Player[]): string | null {
  const meant = agents.filter(({ name }) => name === agent || name.startsWith(`${agent}-`));
  const talking = agents.filter(({ role }) => tasksOf[role] !== undefined).map(({ name }) => name);
  if (meant.length === 0) return `there is no agent ${agent}${suggestion(agent, talking) || `; there is ${talking.join(', ')}`}`;
  const can = [...new Set(meant.flatMap(({ role }) => tasksOf[role] ?? []))];
  if (can.length === 0) return `the agent ${agent} has no sessions, so this entry is never used; those that have are ${talking.join(', ')}`;
  if (task === null || can.includes(task)) return null;
  const others = agents.filter(({ role }) => tasksOf[role]?.includes(task)).map(({ name }) => name);
  return `the agent ${agent} is never asked to ${task}, so this entry is never used; its tasks are ${can.join(', ')}, and ${task} is of ${others.join(', ') || 'nobody'}`;
}
