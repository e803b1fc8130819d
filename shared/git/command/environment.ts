/**
 * The account that git shows to the forge. `token` is its token or, for forges that refuse tokens for git, its password; asked
 * each time, so that a rotated one works at once.
 */
export interface Credentials {
  readonly login: string;
  readonly token: () => string;
}

type Setting = readonly [key: string, value: string];

/**
 * Settings that hold for every command, also in the processes that git starts in another repository (which drop the
 * settings given by environment): a file that only we write, in place of the user's and the system's.
 */
export const fixedConfig = `[core]
	fsmonitor = false
	pager = cat
	attributesFile = /dev/null
	excludesFile = /dev/null
	quotePath = false
	filesRefLockTimeout = 3000
	packedRefsTimeout = 5000
[safe]
	directory = *
[gc]
	auto = 0
[maintenance]
	auto = false
[protocol]
	allow = never
[protocol "file"]
	allow = always
[protocol "http"]
	allow = always
[protocol "https"]
	allow = always
[http]
	followRedirects = false
	lowSpeedLimit = 1
	lowSpeedTime = 120
[credential]
	helper =
[commit]
	gpgSign = false
[push]
	gpgSign = false
	recurseSubmodules = no
[fetch]
	recurseSubmodules = false
	writeCommitGraph = false
[submodule]
	recurse = false
[log]
	showSignature = false
[advice]
	detachedHead = false
`;

/** Keys that the configuration of a nested repository could set to start a program; settings by environment win over any file. */
const overrides: readonly Setting[] = [
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', '/dev/null'],
  ['core.pager', 'cat'],
  ['submodule.recurse', 'false'],
];

/** The whole environment of a git process. `host` is where PATH and the TLS roots of the machine come from. */
export function fixedEnvironment(
  places: { readonly home: string; readonly config: string },
  host: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const handedOn = ['PATH', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO'].flatMap((name) => {
    const value = host[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(handedOn),
    HOME: places.home,
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: places.config,
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_EDITOR: 'false',
    ...settings(overrides),
  };
}

/**
 * Environment of a command that talks to the forge: the remote `forge` and our credential, which so stands in no file,
 * URL or argument. The header is bound to the forge's address: git sends it nowhere else.
 */
export function forgeEnvironment(remoteUrl: string, refspecs: readonly string[], credentials: Credentials | null): Record<string, string> {
  const remote: Setting[] = [['remote.forge.url', remoteUrl], ...refspecs.map((refspec): Setting => ['remote.forge.fetch', refspec])];
  const isHttp = /^https?:\/\//.test(remoteUrl);
  if (credentials === null || !isHttp) return settings([...overrides, ...remote]);
  const basic = Buffer.from(`${credentials.login}:${credentials.token()}`).toString('base64');
  return settings([...overrides, ...remote, [`http.${new URL(remoteUrl).origin}/.extraHeader`, `Authorization: Basic ${basic}`]]);
}

function settings(list: readonly Setting[]): Record<string, string> {
  const pairs = list.flatMap(([key, value], i) => [[`GIT_CONFIG_KEY_${i}`, key] as const, [`GIT_CONFIG_VALUE_${i}`, value] as const]);
  return { GIT_CONFIG_COUNT: String(list.length), ...Object.fromEntries(pairs) };
}
