import { firstLine } from '#domain/publishable';

/** Where a finding of a review is. */
export interface FindingPlace {
  readonly path: string;
  readonly line: number;
}

/** A finding on a line that the diff does not show, as a line of the review's body. `text` begins with its severity in bold. */
export function bodyFinding({ path, line }: FindingPlace, text: string): string {
  return `- \`${firstLine(path)}:${line}\` ${text}`;
}

/** Where the findings in a review's body are, in their order. */
export function findingsOfBody(body: string): readonly FindingPlace[] {
  return [...body.matchAll(/^- `([^`\r\n]+):(\d+)` \*\*(?:blocker|major|minor)\*\*: /gm)].map(([, path = '', line]) => ({
    path: firstLine(path),
    line: Number(line),
  }));
}
