import type { Finding } from './explain.ts';
import type { ConfigFile } from './schema.ts';
import type { Path } from './toml.ts';

/** Something that `disinto start` listens for. */
interface Server {
  readonly path: Path;
  readonly whose: string;
  readonly host: string;
  readonly port: string;
}

/** What we serve ourselves speaks plain http at the root of an address that nothing else of ours has. */
export function checkAddresses(file: ConfigFile): readonly Finding[] {
  const urls = [
    ...(file.forge.embedded ? [{ path: ['forge', 'url'], whose: 'the embedded forge', url: file.forge.url }] : []),
    ...Object.entries(file.projects).flatMap(([name, { ci }]) =>
      ci.kind === 'embedded' && ci.url !== undefined ? [{ path: ['projects', name, 'ci', 'url'], whose: `the CI of ${name}`, url: ci.url }] : [],
    ),
  ];
  const servers = urls.map(({ path, whose, url }) => ({ path, whose, ...placeOf(url) }));
  return [...urls.flatMap(({ path, url }) => unserved(path, url)), ...shared([...servers, ...receiver(file)])];
}

function receiver({ webhook }: ConfigFile): readonly Server[] {
  if (webhook === undefined) return [];
  const colon = webhook.listen.lastIndexOf(':');
  return [
    { path: ['webhook', 'listen'], whose: 'the receiver of webhooks', host: hostOf(webhook.listen.slice(0, colon)), port: webhook.listen.slice(colon + 1) },
  ];
}

function placeOf(url: string): { readonly host: string; readonly port: string } {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostOf(hostname), port: port === '' ? (protocol === 'https:' ? '443' : '80') : port };
}

const hostOf = (text: string): string => (text.toLowerCase() === 'localhost' ? '127.0.0.1' : text.toLowerCase());

function unserved(path: Path, url: string): readonly Finding[] {
  const { protocol, pathname, search, hash } = new URL(url);
  if (protocol !== 'http:') return [{ path, message: `is ${url}, but what we serve ourselves speaks http; write http:// (a proxy may add TLS in front)` }];
  const behind = pathname.replace(/^\/$/, '') + search + hash;
  return behind === '' ? [] : [{ path, message: `is ${url}, but what we serve ourselves lies at the root of its address; leave ${behind} out` }];
}

const everywhere = ['0.0.0.0', '[::]'];

/** Two at one port of one machine. Other names of hosts may be other machines. */
function shared(servers: readonly Server[]): readonly Finding[] {
  const meet = (a: string, b: string): boolean => a === b || (everywhere.includes(a) && b === '127.0.0.1') || (everywhere.includes(b) && a === '127.0.0.1');
  return servers.flatMap(({ path, host, port }, index) => {
    const first = servers.slice(0, index).find((other) => other.port === port && meet(other.host, host));
    return first === undefined ? [] : [{ path, message: `is the address of ${first.whose} already; give it another port` }];
  });
}
