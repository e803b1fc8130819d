import { type Forge, ForgeError, type ForgeErrorKind } from '#forge';

export type Verb = Exclude<keyof Forge, 'repository'>;

type Answered<V extends Verb> = NonNullable<Forge[V]> extends (...args: never[]) => infer R ? Awaited<R> : never;

/** `many`: more than one page holds. `again`: the same call a second time, which must be fine. */
type ValueOf<V extends Verb, A = Answered<V>> = [A] extends [void]
  ? V extends `ensure${string}`
    ? 'done' | 'again'
    : 'done'
  : [A] extends [readonly unknown[]]
    ? 'none' | 'some' | 'many'
    : [A] extends [string]
      ? string extends A
        ? 'value'
        : A
      : null extends A
        ? 'found' | 'null'
        : A extends { readonly kind: infer K extends string }
          ? K
          : A extends { readonly created: boolean }
            ? 'created' | 'found'
            : 'value';

/** Everything that a call of the verb can come to: what it answers, and the kinds of `ForgeError`. */
export type Outcome<V extends Verb> = ValueOf<V> | `error ${ForgeErrorKind}`;

/** The outcome of one call. `repeated`: the same call ended well before, in the same case. */
export function outcomeOf(verb: Verb, value: unknown, repeated: boolean): string {
  if (value === undefined) return repeated && verb.startsWith('ensure') ? 'again' : 'done';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.length > 50 ? 'many' : 'some';
  if (value === null) return 'null';
  if (typeof value === 'string') return verb === 'me' ? 'value' : value;
  if (typeof value === 'object' && 'created' in value) return value.created === true ? 'created' : 'found';
  if (typeof value === 'object' && 'kind' in value) return String(value.kind);
  return /^find|Time$/.test(verb) ? 'found' : 'value';
}

export const errorOutcomeOf = (error: unknown): string => (error instanceof ForgeError ? `error ${error.kind}` : `error of another class: ${String(error)}`);
