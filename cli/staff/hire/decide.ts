import { dirname } from 'node:path';
import type { AgentConfig, Config } from '#config';
import { type ConfigEdit, editConfig } from '../../../shared/config/edit/edit.ts';
import type { ConfigValue } from '../../../shared/config/edit/value.ts';
import { parseConfig } from '../../../shared/config/load.ts';
import { type Role, roles } from '../../../shared/config/schema.ts';
import { hint } from '../../../shared/config/suggest.ts';
import { CliError } from '../../command.ts';
import type { ConfigText } from '../hand.ts';
import { type Backend, backendTable, resolveBackend, tableName } from './backend.ts';
import { freeName, nameStem } from './name.ts';
import type { HireRequest } from './request.ts';

/** Who is to be hired. */
export interface Candidate {
  readonly name: string;
  readonly role: Role;
  /** What of the file changes; nothing when the agent is there as it is wanted. */
  readonly edits: readonly ConfigEdit[];
  /** The configuration as it will be. */
  readonly config: Config;
  readonly settings: AgentConfig;
  /** It was fired or switched off, and is taken back. */
  readonly returns: boolean;
}

export interface Circumstances {
  readonly present: ConfigText;
  /** Names that a new agent cannot be given. */
  readonly taken: ReadonlySet<string>;
  /** Name that the same call chose before for this role and was cut off, or null. */
  readonly unfinished: (role: Role) => string | null;
  /** Asks the server of a backend for its models and checks the wanted one. */
  readonly probe: (backend: Backend) => Promise<string>;
}

/** Decides before anything is changed. Throws `CliError` for what cannot be, and `ConfigError` where the file could not say it. */
export async function decideHire(request: HireRequest, circumstances: Circumstances): Promise<Candidate> {
  const { present } = circumstances;
  refuseStray(request);
  const known = request.name === null ? undefined : present.config.agents[request.name];
  for (const project of request.projects) {
    if (present.config.projects[project] === undefined)
      throw new CliError(`there is no project ${project}; ${hint(project, Object.keys(present.config.projects))}`, 2);
  }
  return known === undefined ? hireNew(request, circumstances) : hireKnown(request, known, circumstances);
}

/** What describes a backend means nothing without one. */
function refuseStray({ backend, url, model, harness, keyFile }: HireRequest): void {
  const given = Object.entries({ url, model, harness, 'key-file': keyFile }).flatMap(([name, value]) => (value === null ? [] : [`--${name}`]));
  if (backend === null && given.length > 0)
    throw new CliError(`${given.join(', ')}: say for which backend, such as disinto hire anthropic or disinto hire llama`, 2);
}

async function hireNew(request: HireRequest, circumstances: Circumstances): Promise<Candidate> {
  const role = request.role ?? 'dev';
  const backend = await backendFor(request, role, circumstances);
  const name = request.name ?? circumstances.unfinished(role) ?? freeName(nameStem(role, backend?.model ?? null), circumstances.taken);
  const table: ConfigValue = {
    role,
    ...(backend === null ? {} : { backend: backend.table }),
    identity: request.login ?? `${name}-bot`,
    'token-file': `secrets/${name}.token`,
    'password-file': `secrets/${name}.password`,
    ...(request.projects.length === 0 ? {} : { projects: request.projects }),
  };
  return candidate(name, role, [...(backend?.edits ?? []), { set: ['agents', name], to: table }], circumstances, false);
}

/** An agent of the file: the same again changes nothing, a disabled one returns, anything else would be a second one of that name. */
async function hireKnown(request: HireRequest, known: AgentConfig, circumstances: Circumstances): Promise<Candidate> {
  const { name } = known;
  const role = known.role as Role;
  const differs = (what: string, is: string): CliError =>
    new CliError(`there is an agent ${name} already, ${is}; choose another --name, or change ${what} of [agents.${name}] in disinto.toml`);
  if (request.role !== null && request.role !== role) throw differs('role', `a ${role}`);
  if (request.login !== null && request.login !== known.identity) throw differs('identity', `with the account ${known.identity}`);
  if (request.projects.length > 0 && known.projects.toSorted().join() !== request.projects.toSorted().join()) {
    throw differs('projects', known.projects.length === 0 ? 'on all projects' : `on ${known.projects.join(', ')}`);
  }
  const backend = request.backend === null ? null : await backendFor(request, role, circumstances);
  if (backend !== null && backend.table !== known.backend && known.enabled) throw differs('backend', `on the backend ${known.backend ?? '(none)'}`);
  const files = {
    ...(known.tokenFile === null ? { 'token-file': `secrets/${name}.token` } : {}),
    ...(known.passwordFile === null ? { 'password-file': `secrets/${name}.password` } : {}),
  };
  const edits: readonly ConfigEdit[] = [
    ...(backend === null || backend.table === known.backend ? [] : [...backend.edits, { set: ['agents', name, 'backend'], to: backend.table }]),
    { set: ['agents', name], to: files },
    ...(known.enabled ? [] : [{ remove: ['agents', name, 'enabled'] }]),
  ];
  return candidate(name, role, edits, circumstances, !known.enabled);
}

function candidate(name: string, role: Role, wanted: readonly ConfigEdit[], { present }: Circumstances, returns: boolean): Candidate {
  const { text, file } = present;
  const edits = wanted.filter((edit) => editConfig(text, [edit], file) !== text);
  const config = parseConfig(editConfig(text, edits, file), file);
  const settings = config.agents[name];
  if (settings === undefined) throw new Error(`the edited configuration lacks ${name}`);
  return { name, role, edits, config, settings, returns };
}

interface ChosenBackend {
  readonly table: string;
  readonly model: string;
  readonly edits: readonly ConfigEdit[];
}

/** The table of the file that the agent uses, or a new one. Null: its role holds no sessions. */
async function backendFor(request: HireRequest, role: Role, { present, probe }: Circumstances): Promise<ChosenBackend | null> {
  const { config, file } = present;
  if (!roles[role].sessions) {
    if (request.backend === null) return null;
    throw new CliError(`a ${role} holds no sessions with a model: leave ${request.backend} out`, 2);
  }
  const word = request.backend;
  if (word === null) {
    const known = Object.keys(config.backends);
    throw new CliError(`a ${role} holds sessions with a model: say on which backend, such as disinto hire ${known[0] ?? 'anthropic'} --role ${role}`, 2);
  }
  const folder = dirname(file);
  const { backend, table } = resolveBackend({ ...request, word }, config, folder);
  if (table !== null && backend.model !== null) return { table, model: backend.model, edits: [] };
  const model = await probe(backend);
  const name = tableName(word, model, config);
  return { table: name, model, edits: [...nameTheOnlyOne(config), { set: ['backends', name], to: backendTable({ ...backend, model }, folder) }] };
}

/** Agents that name no backend use the only one; before there are two, they have to name it. */
function nameTheOnlyOne(config: Config): readonly ConfigEdit[] {
  return Object.values(config.agents).flatMap(({ name, backend }) => (backend === null ? [] : [{ set: ['agents', name, 'backend'], to: backend }]));
}
