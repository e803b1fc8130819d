import type { Forge } from '#forge';
import type { TestRepository } from '../world.ts';
import { type Outcome, type Verb, errorOutcomeOf, outcomeOf } from './outcome.ts';
import { registry, verbs } from './registry.ts';

export interface Matrix {
  /** A new case begins: what calls came to before counts no more. */
  begin(): void;
  /** The repository with adapters whose outcomes are noticed. */
  observe(repository: TestRepository): TestRepository;
  /** Declares what the present case shows; throws unless calls of this case really ended so. Stands after the assertions. */
  shows: Shows;
  /** Cases that showed the outcome. */
  count(verb: Verb, outcome: string): number;
  /** `verb outcome` of every pair that no case showed, and of every one that the registry holds for impossible and that came all the same. */
  faults(): readonly string[];
}

export type Shows = <V extends Verb>(verb: V, ...outcomes: readonly Outcome<V>[]) => void;

const pair = (verb: string, outcome: string): string => `${verb} ${outcome}`;

const isRequired = (verb: Verb, outcome: string): boolean => (registry[verb] as Readonly<Record<string, true | string>>)[outcome] === true;

export function createMatrix(): Matrix {
  const counts = new Map<string, number>();
  const surprises = new Set<string>();
  const seen = new Set<string>();
  const done = new Set<string>();
  const tell = (verb: Verb, outcome: string): void => {
    seen.add(pair(verb, outcome));
    if (!isRequired(verb, outcome)) surprises.add(`${pair(verb, outcome)} is held for impossible`);
  };
  const watched = (forge: Forge): Forge =>
    watch(forge, (verb, args, ended) => {
      if ('error' in ended) return tell(verb, errorOutcomeOf(ended.error));
      const call = JSON.stringify([forge.repository, verb, args]);
      tell(verb, outcomeOf(verb, ended.value, done.has(call)));
      done.add(call);
    });
  return {
    begin: () => {
      seen.clear();
      done.clear();
    },
    observe: (repository) => ({
      ...repository,
      forge: (account) => watched(repository.forge(account)),
      forgeWith: (change) => watched(repository.forgeWith(change)),
    }),
    shows: (verb, ...outcomes) => {
      for (const outcome of outcomes.map((each) => pair(verb, each))) {
        if (!seen.has(outcome))
          throw new Error(`the case declares that it shows "${outcome}", but no call of it ended so; calls ended: ${[...seen].join(', ')}`);
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      }
    },
    count: (verb, outcome) => counts.get(pair(verb, outcome)) ?? 0,
    faults: () => [...surprises, ...requiredPairs().filter((each) => !counts.has(each))],
  };
}

const requiredPairs = (): readonly string[] =>
  verbs.flatMap((verb) =>
    Object.keys(registry[verb])
      .filter((outcome) => isRequired(verb, outcome))
      .map((outcome) => pair(verb, outcome)),
  );

type Ended = { readonly value: unknown } | { readonly error: unknown };

function watch(forge: Forge, tell: (verb: Verb, args: readonly unknown[], ended: Ended) => void): Forge {
  return new Proxy(forge, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      const verb = verbs.find((each) => each === key);
      if (verb === undefined || typeof member !== 'function') return member;
      return (...args: readonly unknown[]): unknown => {
        const result: unknown = Reflect.apply(member, target, args);
        if (!(result instanceof Promise)) {
          tell(verb, args, { value: result });
          return result;
        }
        return result.then(
          (value: unknown) => {
            tell(verb, args, { value });
            return value;
          },
          (error: unknown) => {
            tell(verb, args, { error });
            throw error;
          },
        );
      };
    },
  });
}
