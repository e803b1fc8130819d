import { CliError } from '../command.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Where a server that is reached at `url` listens. Throws `CliError` for an address that this process cannot serve by itself; `key` names it in the config. */
export function listenAddress(url: string, key: string): ListenAddress {
  const { protocol, hostname, port, pathname } = new URL(url);
  if (protocol !== 'http:') throw new CliError(`${key} is ${url}, but what we serve ourselves speaks http; write http:// (a proxy may add TLS in front)`);
  if (pathname !== '/' && pathname !== '')
    throw new CliError(`${key} is ${url}, but what we serve ourselves lies at the root of its address; leave ${pathname} out`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 80 : Number(port) };
}
