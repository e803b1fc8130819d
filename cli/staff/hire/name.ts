import { type Role, nameSchema, roles } from '../../../shared/config/schema.ts';
import { hint } from '../../../shared/config/suggest.ts';
import { CliError } from '../../command.ts';

/** Throws `CliError` for a word that is no role. */
export function roleNamed(word: string): Role {
  const known = Object.keys(roles) as readonly Role[];
  const role = known.find((each) => each === word);
  if (role === undefined) throw new CliError(`there is no role ${word}; ${hint(word, known)}`, 2);
  return role;
}

/** Their tokens lie in the folder where those of agents do. */
const reserved: Readonly<Record<string, string>> = { ci: 'the token of the CI', admin: 'the token of the administrator' };

/** Throws `CliError` for what cannot name an agent. */
export function checkName(name: string): string {
  const parsed = nameSchema.safeParse(name);
  if (!parsed.success) throw new CliError(`--name ${name}: ${parsed.error.issues.map(({ message }) => message).join('; ')}`, 2);
  const owner = reserved[name];
  if (owner !== undefined) throw new CliError(`--name ${name}: secrets/${name}.token is ${owner}; choose another name`, 2);
  return name;
}

/** `dev-opus` for a dev on claude-opus-4-5, `merger` for a role without a model. */
export function nameStem(role: Role, model: string | null): string {
  return model === null ? role : `${role}-${familyOf(model)}`;
}

/** The first name of the stem with a number that nobody has: `dev-opus-1`. */
export function freeName(stem: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const name = `${stem}-${number}`;
    if (!taken.has(name)) return name;
  }
}

/** The word that people call a model by: opus, sonnet, gpt, qwen2, llama. */
export function familyOf(model: string): string {
  const own = /(opus|sonnet|haiku)/i.exec(model)?.[1];
  const word = /(?:^|[^a-z0-9])([a-z][a-z0-9]*)/.exec((model.split('/').at(-1) ?? '').toLowerCase())?.[1];
  return (own ?? word ?? 'model').toLowerCase().slice(0, 16);
}
