import type { Agent } from '#agent';
import { dev } from '../agents/dev/main.ts';
import { merger } from '../agents/merger/main.ts';
import { reviewer } from '../agents/reviewer/main.ts';
import { CliError } from './command.ts';

/** Every agent that this version has, by role. */
const agentsByRole: Readonly<Record<string, Agent>> = { dev, reviewer, merger };

export function agentOfRole(role: string): Agent {
  const agent = agentsByRole[role];
  if (agent === undefined) throw new CliError(`there is no agent with the role ${role}; there is ${Object.keys(agentsByRole).join(', ')}`);
  return agent;
}
