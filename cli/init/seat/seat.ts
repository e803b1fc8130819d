import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readSecret, readSecretFile } from '../../../shared/config/secret.ts';
import { processEnvironment } from '../../../shared/config/environment.ts';
import { CliError } from '../../command.ts';
import type { Seat } from './embedded.ts';
import type { InitOptions } from '../options.ts';
import type { SecretFiles } from '../secret-files.ts';

/** The forge that the call names, with the administrator's token. Throws `CliError` and `ConfigError`. */
export function givenSeat(options: InitOptions, url: string, secrets: SecretFiles): Seat {
  const file = options.adminTokenFile;
  const token = file === null ? readSecret('DISINTO_ADMIN_TOKEN', processEnvironment()) : readSecretFile(file);
  if (token === null) {
    throw new CliError(
      [
        `disinto init needs a token for ${url}: --admin-token-file F, or DISINTO_ADMIN_TOKEN_FILE.`,
        `Make one at ${url}/user/settings/applications with the permissions repository, issue, user, organization (read and write); as a site admin also admin.`,
        'It is used now and kept nowhere.',
      ].join('\n'),
      2,
    );
  }
  secrets.learn(token);
  return { url, answersAt: url, token, makes: [], close: () => Promise.resolve() };
}

const connectMilliseconds = 10_000;

/** Address of this machine as the forge sees it: that of a socket to it. Throws `CliError` when nothing answers there. */
export function localAddressTo(url: string): Promise<string> {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === 'https:';
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const options = { host, port: port === '' ? (secure ? 443 : 80) : Number(port), timeout: connectMilliseconds };
    const socket = secure ? connectTls({ ...options, rejectUnauthorized: false }) : connect(options);
    const fail = (why: string): void => {
      socket.destroy();
      reject(new CliError(`nothing answers at ${url} (${why}): is the address right, and does the forge run?`));
    };
    socket.once('connect', () => {
      resolve((socket.localAddress ?? '127.0.0.1').replace(/^::ffff:/, ''));
      socket.destroy();
    });
    socket.once('timeout', () => fail(`no connection within ${connectMilliseconds / 1000} s`));
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
  });
}
