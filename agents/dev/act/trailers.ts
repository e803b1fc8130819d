import type { Tick } from '#agent';
import { trailer } from '#domain/name';
import { firstLine } from '#domain/publishable';
import type { ChangeRequest, DevPorts } from './change.ts';

/** The cause of a round as its trailer says it. */
export const causeOf = (request: ChangeRequest): string => firstLine(request.cause, 200) || 'none';

/** The message of a round's commit without our trailers: what its session said of it. */
export const summaryOf = (message: string): string => message.replace(/\n+Disinto-[\s\S]*$/, '');

/** The budgets are counted from these lines of the last commit of a round. */
export function trailers(ports: DevPorts, tick: Tick, request: ChangeRequest): string {
  return [
    `${trailer.run}: ${tick.run}`,
    `${trailer.agent}: ${tick.agent}`,
    `${trailer.task}: ${request.task}`,
    `${trailer.cause}: ${causeOf(request)}`,
    `${trailer.at}: ${ports.clock.now().toISOString()}`,
  ].join('\n');
}
