import type { Config, ProjectConfig } from '#config';
import type { ConfigPart } from '../../../shared/config/schema.ts';
import { CliError } from '../../command.ts';
import type { InitOptions } from '../options.ts';
import { tableOf } from '../wanted-config.ts';

interface Said {
  readonly options: InitOptions;
  /** The file as it is; null: there is none. */
  readonly present: ConfigPart | null;
  /** As it will be, which is what the file says wherever it says something. */
  readonly config: Config;
  readonly project: ProjectConfig;
  /** Of the seat. */
  readonly forgeUrl: string;
}

/** What the file says stays: an option that says something else, and would be ignored, is refused before anything happens. */
export function refuseContradictions(said: Said): void {
  const { options, present, project } = said;
  refuseStrangers(said);
  const problems = [...placeProblems(said), ...optionProblems(said), ...loginProblems(said), ...backendProblems(said)];
  if (problems.length === 0) return;
  if (present === null) throw new CliError(`these options do not go together: ${problems.join('; ')}`, 2);
  const isOther = !same(project.repository, options.repository);
  throw new CliError(
    [
      `${options.config} says something else than this call, and is never overwritten:`,
      ...problems.map((each) => `  ${each}`),
      `Change the file, call init as the file says, ${isOther ? 'name this project otherwise with --project NAME, ' : ''}or name another file with --config.`,
    ].join('\n'),
  );
}

const same = (a: string | null | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();
const bare = (url: string): string => url.replace(/\/+$/, '');
const there = (key: string, value: string | readonly string[] | null, asked: string): string =>
  `${key} is ${value === null ? 'not set' : JSON.stringify(value)} there, not ${JSON.stringify(asked)}`;

function placeProblems({ options, present, config, project, forgeUrl }: Said): readonly string[] {
  const url = tableOf(present?.['forge'])['url'];
  const isElsewhere = options.forgeUrl === null && present?.['forge'] !== undefined && !config.forge.embedded;
  return [
    ...(typeof url === 'string' && !same(bare(url), forgeUrl) ? [there('forge.url', url, forgeUrl)] : []),
    ...(isElsewhere ? ['forge.embedded is false there: the forge is one of your own, and --embedded does not go with it'] : []),
    ...(same(project.repository, options.repository) ? [] : [there(`projects.${project.name}.repository`, project.repository, options.repository)]),
  ];
}

function optionProblems({ options, config, project }: Said): readonly string[] {
  const { instance, listen, webhookUrl, maintainer } = options;
  const name = options.project;
  return [
    ...(instance === null || same(config.instance.name, instance) ? [] : [there('instance.name', config.instance.name, instance)]),
    ...(listen === null || same(config.webhook?.listen, listen) ? [] : [there('webhook.listen', config.webhook?.listen ?? null, listen)]),
    ...(webhookUrl === null || same(config.webhook?.url, webhookUrl) ? [] : [there('webhook.url', config.webhook?.url ?? null, webhookUrl)]),
    ...(name === null || name === project.name ? [] : [there(`the name of the project of ${options.repository}`, project.name, name)]),
    ...(maintainer === null || project.maintainers.some((login) => same(login, maintainer))
      ? []
      : [there(`projects.${project.name}.maintainers`, project.maintainers, maintainer)]),
  ];
}

function loginProblems({ options, config, project }: Said): readonly string[] {
  return Object.entries(options.logins).flatMap(([agent, asked]) => {
    const isCi = agent === 'ci' && config.agents['ci'] === undefined;
    const known = isCi ? project.ci.account : (config.agents[agent]?.identity ?? '');
    return same(known, asked) ? [] : [there(isCi ? `projects.${project.name}.ci.account` : `agents.${agent}.identity`, known, asked)];
  });
}

/** A login for nobody is a slip of the pen. */
function refuseStrangers({ options, config }: Said): void {
  const names = [...new Set([...Object.keys(config.agents), 'ci'])];
  const stranger = Object.keys(options.logins).find((agent) => !names.includes(agent));
  if (stranger !== undefined)
    throw new CliError(`--logins ${stranger}=${options.logins[stranger] ?? ''}: there is no agent ${stranger}, only ${names.join(', ')}`, 2);
}

/** Any one backend may be the one that is meant. */
function backendProblems({ options, config }: Said): readonly string[] {
  const { url, model, api, keyFile } = options.backend;
  const backends = Object.values(config.backends);
  const fits = (backend: (typeof backends)[number]): boolean =>
    (url === null || same(bare(backend.baseUrl), bare(url))) &&
    (model === null || backend.model === model) &&
    (api === null || backend.api === api) &&
    (keyFile === null || backend.keyFile === keyFile);
  if (backends.some(fits)) return [];
  const asked = Object.entries({ 'backend-url': url, model, api, 'key-file': keyFile }).flatMap(([name, value]) =>
    value === null ? [] : [`--${name} ${value}`],
  );
  if (asked.length === 0) return [];
  const known = backends.map(({ name, baseUrl, model: itsModel, api: itsApi }) => `backends.${name} is ${itsModel} at ${baseUrl} (${itsApi})`);
  return [`${known.join(', ')}; no backend is as ${asked.join(' ')} says`];
}
