import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { InitSettings } from './settings.ts';

/** What the person does next, in order. */
export function nextSteps({ config, file, project }: InitSettings, forgeUrl: string): readonly string[] {
  const here = relative(process.cwd(), file) === 'disinto.toml';
  const option = here ? '' : ` --config ${relative(process.cwd(), file)}`;
  const keys = Object.values(config.backends).flatMap(({ name, keyFile, baseUrl }) =>
    keyFile === null || existsSync(keyFile) ? [] : [{ name, keyFile, baseUrl }],
  );
  const shown = (path: string): string => relative(process.cwd(), resolve(dirname(file), path));
  return [
    '',
    'Next:',
    ...keys.map(
      ({ name, keyFile, baseUrl }) => `  put the API key of ${baseUrl} (backend ${name}) into ${shown(keyFile)}, and run: chmod 600 ${shown(keyFile)}`,
    ),
    `  disinto start${option}`,
    config.forge.embedded
      ? `  write a first issue as ${project.maintainers[0] ?? 'its maintainer'} through the API of ${forgeUrl} (token: ${shown('secrets/admin.token')}), with the label backlog`
      : `  write a first issue at ${forgeUrl}/${project.repository}/issues/new, as ${project.maintainers.join(' or ')}, with the label backlog`,
  ];
}
