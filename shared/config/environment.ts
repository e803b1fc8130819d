export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process; whoever reads it elsewhere gets it from here, handed on. */
export function processEnvironment(): Environment {
  return process.env;
}

/** What sessions and CI see of the host: PATH, LANG and the names that `[session] env` lists, where they are set. */
export function visibleEnvironment(names: readonly string[], env: Environment): Readonly<Record<string, string>> {
  const wanted = ['PATH', 'LANG', ...names];
  return Object.fromEntries(wanted.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
