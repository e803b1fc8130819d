/** When a child is killed: at the n-th thing that the pattern matches. `line`: after it is said; `request`, `file`: before or after it happens. */
export interface KillMoment {
  readonly at: 'line' | 'request' | 'file';
  readonly pattern: string;
  readonly count?: number;
  readonly when?: 'before' | 'after';
}

export const killVariable = 'TEST_KILL_INIT_AT';
