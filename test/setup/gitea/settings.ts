interface Place {
  readonly port: number;
  /** Everything that the server writes. */
  readonly folder: string;
  /** `options`, `templates`, `public` of this version. */
  readonly assets: string;
  /** Account on this machine. */
  readonly user: string;
}

/** app.ini: as installed by default, but quiet, local, without Actions, and with webhooks to this machine. */
export const settings = ({ port, folder, assets, user }: Place): string => `RUN_MODE = prod
RUN_USER = ${user}
WORK_PATH = ${folder}

[server]
PROTOCOL = http
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://127.0.0.1:${port}/
LOCAL_ROOT_URL = http://127.0.0.1:${port}/
STATIC_ROOT_PATH = ${assets}
DISABLE_SSH = true
OFFLINE_MODE = true

[database]
DB_TYPE = sqlite3
PATH = ${folder}/gitea.db
SQLITE_JOURNAL_MODE = WAL
SQLITE_TIMEOUT = 10000

[security]
INSTALL_LOCK = true

[repository]
DEFAULT_BRANCH = main

[service]
DISABLE_REGISTRATION = true

[webhook]
ALLOWED_HOST_LIST = loopback

[migrations]
ALLOW_LOCALNETWORKS = true

[actions]
ENABLED = false

[cron.update_checker]
ENABLED = false

[log]
MODE = console
LEVEL = warn
`;
