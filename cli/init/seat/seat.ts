import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readSecret, readSecretFile } from '../../../shared/config/secret.ts';
import { processEnvironment } from '../../../shared/config/environment.ts';
import { ForgeError } from '#forge';
import type { ForgeAdmin } from '#forge/admin';
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

/** Who signs in there. Throws `CliError` when what answers is no forge. */
export async function signIn(admin: Pick<ForgeAdmin, 'me'>, url: string): ReturnType<ForgeAdmin['me']> {
  try {
    return await admin.me();
  } catch (error) {
    if (!(error instanceof ForgeError) || (error.kind !== 'not-found' && error.kind !== 'malformed')) throw error;
    const answer = error.status === undefined || error.status === null ? 'answers' : `answers ${error.status}`;
    const what = `something answers at ${url}, but it is no Forgejo or Gitea (GET ${url}/api/v1/user ${answer}, not as a forge does)`;
    throw new CliError(`there is no forge there: ${what}; is the address right, and the path of the forge, when it has one?`, 1, error);
  }
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
