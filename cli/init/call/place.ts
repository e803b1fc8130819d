import { type Args, CliError } from '../../command.ts';

/** `http://forge owner/name`, `http://forge/owner/name(.git)`, or `--embedded owner/name`. */
export function readPlace(args: Args): { readonly forgeUrl: string | null; readonly repository: string } {
  const [first = '', second] = args.words;
  if (args.flag('embedded')) {
    if (second !== undefined) throw new CliError(`disinto init --embedded takes only the repository, such as \`disinto init --embedded acme/widgets\``, 2);
    return { forgeUrl: null, repository: readRepository(first) };
  }
  const url = readUrl(first);
  if (second !== undefined) return { forgeUrl: url, repository: readRepository(second) };
  const found = /^(https?:\/\/.+?)\/([^/]+)\/([^/]+)$/.exec(url);
  if (found === null) throw new CliError(`disinto init ${first}: say which repository as well, such as \`disinto init ${url} acme/widgets\``, 2);
  return { forgeUrl: found[1] ?? '', repository: readRepository(`${found[2]}/${found[3]}`) };
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CliError(`${text} is not the address of a forge; it begins with http:// or https://, such as https://forge.example`, 2);
  if (url.username !== '' || url.password !== '')
    throw new CliError('the address holds a password or token; leave it out and name its file with --admin-token-file', 2);
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
}

function readRepository(text: string): string {
  const found = /^([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(text);
  if (found === null) throw new CliError(`${text} is not a repository; write it as owner/name, such as acme/widgets`, 2);
  const [, owner = '', name = ''] = found;
  const problem = problemOf(owner, name);
  if (problem !== null) throw new CliError(`${text} cannot be a repository: ${problem}`, 2);
  return `${owner}/${name}`;
}

/** Longest name of a repository, and of its owner, that forges take. */
export const longestRepository = 100;
const longestOwner = 40;

/** Forges take no such names; one that is found out when the repository is made is found out too late. */
function problemOf(owner: string, name: string): string | null {
  if (/^[.-]+$/.test(owner) || owner.length > longestOwner) return `no account has the name ${owner}`;
  if (/^(?:\.\.?|-)$/.test(name) || /\.(?:git|wiki|rss|atom)$/i.test(name)) return `forges keep the name ${name} to themselves`;
  return name.length > longestRepository ? `its name has ${name.length} characters, and forges take ${longestRepository} at most` : null;
}
