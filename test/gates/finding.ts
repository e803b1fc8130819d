/** One violation. `right` says what would be right, so that whoever reads it need not ask. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly what: string;
  readonly right: string;
}

/** What a gate saw. `looked`: how many things it looked at; a gate that saw nothing is red. `notes` are printed, never judged. */
export interface Verdict {
  readonly looked: number;
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

export function renderFinding({ path, line, rule, what, right }: Finding): string {
  return `${path}:${line}  ${what}  [${rule}]\n    right: ${right}`;
}
