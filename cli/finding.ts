/** One thing looked at. `needed`: the demo cannot do without it. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly needed: boolean;
  readonly mend: string | null;
}
