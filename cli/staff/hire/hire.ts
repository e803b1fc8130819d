import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Role } from '../../../shared/config/schema.ts';
import { systemClock } from '../../../shared/clock/system.ts';
import { CliError } from '../../command.ts';
import { instanceOfMark } from '../../init/rights.ts';
import { accountsOf } from '../../init/settings.ts';
import { accountKey } from '../../init/steps/account.ts';
import { type ConfigText, readConfigText, type StaffContext, withHand } from '../hand.ts';
import { perform } from '../perform.ts';
import type { Backend } from './backend.ts';
import { type Candidate, decideHire } from './decide.ts';
import { probeModel, UnreachableError } from './probe.ts';
import type { HireRequest } from './request.ts';
import { hireSteps, projectsOf } from './steps.ts';

/** Hires one agent. Exit code. Throws `CliError`, `ConfigError` and `ForgeError`; before the plan was agreed to, nothing is changed. */
export async function hire(request: HireRequest): Promise<number> {
  refuseEmpty(request);
  const present = readConfigText(request.file);
  const decide = decider(request, present);
  // What cannot be said is found before the forge is asked.
  await decide(new Set(), null);
  return withHand(present, request.adminTokenFile, async (hand) => {
    const candidate = await decideFree(request, decide, hand);
    const accounts = projectsOf(candidate.config, candidate.settings.projects).flatMap((project) => accountsOf(candidate.config, project, present.file));
    const entry = journalEntry(request, candidate.role);
    const { code, result } = await perform({
      about: aboutOf(candidate, present),
      steps: await hireSteps(candidate, present.file, hand.admin),
      context: { ...hand, settings: { file: present.file, config: candidate.config, accounts } },
      yes: request.yes,
      dryRun: request.dryRun,
      begin: () => hand.journal.begin(entry, candidate.name),
      next: nextOf(candidate),
    });
    if ((result?.end === 'done' || result?.end === 'degraded') && hand.journal.open(entry) !== null) hand.journal.end(entry);
    return code;
  });
}

/** Where the name is kept that a call chose, until it is finished: cut off, the same call goes on with that name. */
function journalEntry({ backend, url, model, projects }: HireRequest, role: Role): string {
  return `hire ${JSON.stringify([role, backend, url, model, projects])}`;
}

type Decide = (foreign: ReadonlySet<string>, hand: StaffContext | null) => Promise<Candidate>;

function decider(request: HireRequest, present: ConfigText): Decide {
  const models = new Map<string, Promise<string>>();
  const probe = (backend: Backend): Promise<string> => {
    const key = JSON.stringify(backend);
    const model = models.get(key) ?? probeIfKnown(request, backend);
    models.set(key, model);
    return model;
  };
  return (foreign, hand) => {
    const taken = new Set([...Object.keys(present.config.agents), ...secretsOf(present.file), ...foreign]);
    return decideHire(request, { present, taken, unfinished: (role) => hand?.journal.open(journalEntry(request, role)) ?? null, probe });
  };
}

/** A name that was made is made again while its account belongs to somebody else. */
async function decideFree(request: HireRequest, decide: Decide, hand: StaffContext): Promise<Candidate> {
  const foreign = new Set<string>();
  for (;;) {
    const candidate = await decide(foreign, hand);
    if (request.name !== null || request.login !== null) return candidate;
    const account = await hand.admin.findAccount(candidate.settings.identity);
    const isOurs = account !== null && instanceOfMark(account.fullName) === candidate.config.instance.name && hand.journal.made(accountKey(account.login));
    const isFree = account === null || isOurs;
    if (isFree || foreign.has(candidate.name)) return candidate;
    foreign.add(candidate.name);
  }
}

/** Names that secrets lie ready for: of agents that were here once, or that another tool set up. */
function secretsOf(file: string): readonly string[] {
  const folder = join(dirname(file), 'secrets');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => /^(.+)\.(?:token|password)$/.exec(name)?.[1] ?? []);
}

/** A server that was named is asked; the usual one is, once there is a key for it, and need not answer from here. */
async function probeIfKnown({ url }: HireRequest, backend: Backend): Promise<string> {
  const hasKey = backend.keyFile === null || existsSync(backend.keyFile);
  if (url === null && !hasKey && backend.model !== null) return backend.model;
  try {
    return await probeModel(backend, systemClock);
  } catch (error) {
    if (!(error instanceof UnreachableError) || url !== null || backend.model === null) throw error;
    process.stderr.write(`${error.message}; whether it has ${backend.model} was not checked\n`);
    return backend.model;
  }
}

function aboutOf({ name, role, settings, config, returns }: Candidate, present: ConfigText): string {
  const backend = settings.backend === null ? undefined : config.backends[settings.backend];
  const on = backend === undefined ? '' : ` on ${backend.name} (${backend.model})`;
  const known = present.config.agents[name] !== undefined && !returns ? ', who is hired already' : '';
  const projects = projectsOf(config, settings.projects).map(({ repository }) => repository);
  return `disinto ${returns ? 'takes back' : 'hires'} ${name}: a ${role}${on} for ${projects.join(', ')}, account ${settings.identity} on ${config.forge.url}${known}`;
}

function nextOf({ name }: Candidate): readonly string[] {
  return ['', 'Next:', `  restart \`disinto start\`: it takes ${name} up`, '  disinto agents list'];
}

function refuseEmpty(request: HireRequest): void {
  if (request.backend === null && request.name === null && request.role === null) {
    throw new CliError('disinto hire: say on which backend, such as disinto hire anthropic, or disinto hire llama --url http://127.0.0.1:8080/v1', 2);
  }
}
