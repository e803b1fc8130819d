/** How Woodpecker writes an event into a context. */
export type StatusEvent = 'pr' | 'push';

/** A context as Woodpecker names it unless it is told otherwise: `ci/woodpecker/<event>/<workflow>`, with the axis of a matrix after it. */
export interface WoodpeckerContext {
  /** Event of the pipeline in Woodpecker's API, or null when the context does not tell. */
  readonly event: string | null;
  readonly workflow: string;
  /** Place of the workflow in its matrix, from 1, or null when the context names none. */
  readonly axis: number | null;
}

export const contextOf = (event: StatusEvent, workflow: string): string => `ci/woodpecker/${event}/${workflow}`;

/** Reads a context; one of another format (STATUS_CONTEXT_FORMAT) is taken to end with the workflow's name. */
export function readContext(context: string): WoodpeckerContext {
  const found = /^ci\/woodpecker\/([^/]+)\/(.+?)(?:\/(\d+))?$/.exec(context);
  if (found === null) return { event: null, workflow: context.split('/').at(-1) ?? context, axis: null };
  const [, event = '', workflow = '', axis] = found;
  return { event: event === 'pr' ? 'pull_request' : event, workflow, axis: axis === undefined ? null : Number(axis) };
}
