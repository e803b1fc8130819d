import { readFileSync } from 'node:fs';
import { createConfigFile, editConfigFile } from '../../../shared/config/edit/save.ts';
import type { ConfigEdit } from '../../../shared/config/edit/edit.ts';
import type { ConfigPart } from '../../../shared/config/schema.ts';
import { parseToml } from '../../../shared/config/toml.ts';
import { newConfigText } from '../config-text.ts';
import { type InitContext, type InitStep } from '../context.ts';
import { tableOf, type WantedConfig } from '../wanted-config.ts';

/** Writes the disinto.toml, or adds what a present one lacks; nothing that is there is changed. Last, so that a file that is there can be started with. */
export const configFileStep = (): InitStep => ({
  id: 'config/disinto.toml',
  title: 'disinto.toml',
  failure: 'fatal',
  timeoutSeconds: 30,
  check: (context) => Promise.resolve(checkFile(context)),
  apply: async ({ settings }) => {
    const { file, wanted } = settings;
    const text = textOf(file);
    if (text === null) {
      await createConfigFile(file, newConfigText(wanted));
      return { note: 'written' };
    }
    await editConfigFile(file, editsFor(parseToml(text, file).value, wanted));
    return { note: 'completed' };
  },
});

function checkFile({ settings }: InitContext): ReturnType<typeof present> {
  const { file, wanted } = settings;
  const text = textOf(file);
  if (text === null) return { state: 'absent', actions: [`write ${file}`] };
  const edits = editsFor(parseToml(text, file).value, wanted);
  if (edits.length === 0) return present();
  return { state: 'drifted', actions: [`add to ${file}: ${edits.map((edit) => ('set' in edit ? edit.set.join('.') : '')).join(', ')}`] };
}

const present = (): { readonly state: 'present' } | { readonly state: 'absent' | 'drifted'; readonly actions: readonly string[] } => ({ state: 'present' });

/** One edit for each key or table that is not there. */
function editsFor(file: ConfigPart, wanted: WantedConfig, above: readonly string[] = []): readonly ConfigEdit[] {
  return Object.entries(wanted).flatMap(([key, value]): readonly ConfigEdit[] => {
    const path = [...above, key];
    if (!Object.hasOwn(file, key)) return [{ set: path, to: value }];
    const isInner = typeof value === 'object' && !Array.isArray(value);
    return isInner ? editsFor(tableOf(file[key]), value as WantedConfig, path) : [];
  });
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
