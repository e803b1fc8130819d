/** What a person asked for on the command line. */
export interface DemoRequest {
  readonly folder: string;
  readonly harness: 'pi' | 'claude' | null;
  readonly keep: string | null;
  readonly forSeconds: number | null;
  readonly json: boolean;
}
