import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Chance, Clock } from '#clock';
import type { EmbeddedForge } from '../../../embedded/forge/server.ts';
import type { ConfigPart } from '../../../shared/config/schema.ts';
import { listenAddress } from '../../start/address.ts';
import { openForge } from '../../start/forge.ts';
import type { InitOptions } from '../options.ts';
import type { SecretFiles } from '../secret-files.ts';
import { tableOf } from '../wanted-config.ts';

/** A forge that init talks to. */
export interface Seat {
  /** As disinto.toml says it. */
  readonly url: string;
  /** Where it answers while init works. */
  readonly answersAt: string;
  readonly token: string;
  /** What taking a seat there made or would make, one line each; empty when all of it is there. */
  readonly makes: readonly string[];
  close(): Promise<void>;
}

interface Deps {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly secrets: SecretFiles;
}

const host = '127.0.0.1';
const usualPort = 3080;

interface Places {
  readonly url: string;
  readonly directory: string;
  readonly owner: string;
  readonly tokenFile: string;
  readonly passwordFile: string;
  /** Password of the owner, where that is not the administrator. */
  readonly ownerFile: string;
}

async function placesOf(options: InitOptions, present: ConfigPart): Promise<Places> {
  const folder = dirname(options.config);
  const url = tableOf(present['forge'])['url'];
  const data = tableOf(present['instance'])['data'];
  const owner = options.repository.split('/')[0] ?? '';
  return {
    url: typeof url === 'string' ? url.replace(/\/+$/, '') : `http://${host}:${await freePort(usualPort)}`,
    directory: join(resolve(folder, typeof data === 'string' ? data : 'data'), 'forge'),
    owner,
    tokenFile: resolve(folder, 'secrets', 'admin.token'),
    passwordFile: resolve(folder, 'secrets', 'admin.password'),
    ownerFile: resolve(folder, 'secrets', `owner-${owner.toLowerCase()}.password`),
  };
}

/** The wanted port, or the next that is free. */
async function freePort(port: number): Promise<number> {
  const free = await new Promise<boolean>((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, host, () => server.close(() => done(true)));
  });
  return free || port > usualPort + 100 ? port : freePort(port + 1);
}

/** The embedded forge as `disinto start` serves it at this moment, or null when nobody answers our admin token there. */
export async function runningSeat(options: InitOptions, present: ConfigPart, { secrets }: Deps): Promise<Seat | null> {
  const { url, tokenFile } = await placesOf(options, present);
  const token = secrets.read(tokenFile);
  if (token === null || tableOf(present['forge'])['url'] === undefined) return null;
  const answer = await fetch(`${url}/api/v1/user`, { headers: { authorization: `token ${token}` } }).catch(() => null);
  return answer?.ok === true ? { url, answersAt: url, token, makes: [], close: () => Promise.resolve() } : null;
}

/** Serves a copy of the forge, to plan on: nothing that is done there stays. */
export async function copiedSeat(options: InitOptions, present: ConfigPart, deps: Deps): Promise<Seat> {
  const places = await placesOf(options, present);
  const copy = mkdtempSync(join(tmpdir(), 'disinto-plan-'));
  const known = existsSync(places.directory);
  if (known) cpSync(places.directory, copy, { recursive: true });
  const discard = (): void => rmSync(copy, { recursive: true, force: true });
  const served = { directory: copy, host, clock: deps.clock, chance: deps.chance };
  const forge = await openForge(places.url, served, { from: places.directory }).catch((error: unknown) => {
    discard();
    throw error;
  });
  const close = async (): Promise<void> => {
    await forge.close();
    discard();
  };
  try {
    const present = await validToken(forge.url, deps.secrets.read(places.tokenFile));
    const token = present ?? (await administrate(forge, places, deps.chance.secret(24)));
    const lacksOwner = await ensureOwner(forge, places, token, () => deps.chance.secret(24));
    const makes = present === null ? administratorOf(places) : lacksOwner ? ownerOf(places) : [];
    return { url: places.url, answersAt: forge.url, token, makes, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const administratorOf = ({ url, directory, owner, tokenFile, passwordFile }: Places): readonly string[] => [
  `embedded forge at ${url} in ${directory}`,
  `its administrator ${owner}: password in ${passwordFile}, token in ${tokenFile}`,
];

const ownerOf = ({ owner, ownerFile }: Places): readonly string[] => [`account ${owner}, who owns the repository: password in ${ownerFile}`];

/** A repository of somebody else than the administrator: its owner is made as well. Answers whether it was missing. */
async function ensureOwner(forge: EmbeddedForge, { owner }: Places, token: string, password: () => string): Promise<boolean> {
  const answer = await fetch(`${forge.url}/api/v1/users/${encodeURIComponent(owner)}`, { headers: { authorization: `token ${token}` } });
  if (answer.status !== 404) return false;
  await forge.seed.createUser(owner, { password: password() });
  return true;
}

/** A password of ours: as its file has it, else a new one that lies there before anything opens to it. */
function readyPassword({ secrets, chance }: Deps, file: string): string {
  const password = secrets.read(file) ?? chance.secret(24);
  secrets.write(file, password);
  return password;
}

/** Serves the forge from the data folder at its own address; its administrator is the owner of the repository. */
export async function servedSeat(options: InitOptions, present: ConfigPart, deps: Deps): Promise<Seat> {
  const { secrets, clock, chance } = deps;
  const places = await placesOf(options, present);
  const listen = listenAddress(places.url, 'forge.url');
  const forge = await openForge(places.url, { directory: places.directory, ...listen, clock, chance });
  try {
    const password = readyPassword(deps, places.passwordFile);
    const token = (await validToken(forge.url, secrets.read(places.tokenFile))) ?? (await administrate(forge, places, password));
    secrets.write(places.tokenFile, token);
    await ensureOwner(forge, places, token, () => readyPassword(deps, places.ownerFile));
    return { url: places.url, answersAt: forge.url, token, makes: [], close: () => forge.delivered().then(() => forge.close()) };
  } catch (error) {
    await forge.close();
    throw error;
  }
}

async function validToken(url: string, token: string | null): Promise<string | null> {
  if (token === null) return null;
  const answer = await fetch(`${url}/api/v1/user`, { headers: { authorization: `token ${token}` } });
  return answer.ok ? token : null;
}

async function administrate(forge: EmbeddedForge, { owner }: Places, password: string): Promise<string> {
  await forge.seed.createUser(owner, { password, admin: true });
  return forge.seed.createToken(owner, 'disinto-admin');
}
