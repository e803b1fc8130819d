/** Structured log: a static message, data in fields. error = our bug, warn = look this week, info = acted, debug = the rest. */
export interface Log {
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  child(fields: Readonly<Record<string, unknown>>): Log;
}

/** Every secret this process knows. Whatever leaves the process as text (logs, comments, reasons, transcripts) goes through `mask`. */
export interface SecretRegistry {
  /** Masks this value from now on, in every form that `mask` knows. Values shorter than six characters are refused silently: they would mask prose. */
  add(secret: string): void;
  /** Replaces known secrets, and what has the shape of a token, by `[masked]`. Masking twice changes nothing more. */
  mask(text: string): string;
  /** True when the text holds a secret that was added; shapes alone do not count. */
  knows(text: string): boolean;
}
