export interface Call {
  readonly method: 'GET' | 'PUT' | 'DELETE' | 'POST' | 'PATCH';
  /** Path and query below the forge's URL, already encoded. */
  readonly path: string;
  /** Sent as JSON; null sends no body. */
  readonly body: unknown;
  /** In place of the token: the whole value of the header. */
  readonly authorization?: string;
}

/** A whole answer: the body was read to its end. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** No whole answer came. `sent` false: the forge certainly saw nothing of the call. */
export interface Silence {
  readonly sent: boolean;
  readonly kind: 'unavailable' | 'malformed' | 'auth';
  readonly why: string;
  readonly cause: unknown;
}
