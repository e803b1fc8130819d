import type { Tick } from '#agent';
import type { AgentLimits } from '#config';
import type { Comment } from '#domain/issue';
import { firstLine } from '#domain/publishable';
import { type Attempt, readWorkLog, renderWorkLog, workLogKey } from '#domain/work-log';
import type { Forge } from '#forge';
import type { View } from '#forge/view';
import type { SessionLimits } from '#session';

/** Writes a failed session to the agent's work log on an issue or pull request, where the retry budget is read from. */
export async function recordFailure(
  ports: { readonly forge: Forge; readonly view: View },
  tick: Tick,
  number: number,
  comments: readonly Comment[],
  attempt: Omit<Attempt, 'run' | 'why'> & { readonly why: string },
): Promise<void> {
  const subject = `${attempt.task === 'review' ? 'pr' : 'issue'}:${number}`;
  const known = readWorkLog(comments, await ports.forge.me());
  if (known.some((earlier) => earlier.run === tick.run)) return;
  const body = renderWorkLog([...known, { ...attempt, run: tick.run, why: firstLine(attempt.why, 200) }]);
  await tick.effect('comment', subject, workLogKey, () => ports.forge.ensureComment(number, workLogKey, body));
  ports.view.forget({ number });
  tick.tell('session-failed', subject, { task: attempt.task, error: attempt.error, why: attempt.why });
}

/** An agent's configured limits as the bounds of one session. */
export function sessionLimits(limits: AgentLimits): SessionLimits {
  return { turns: limits.turns, tokens: limits.tokens, usd: limits.usd, wallSeconds: limits.wallMinutes * 60, idleSeconds: limits.idleSeconds };
}
