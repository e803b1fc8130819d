import type { ConfigValue } from '../../shared/config/edit/value.ts';
import type { WantedConfig } from './wanted-config.ts';

const notes: Readonly<Record<string, string>> = {
  webhook: 'Where the forge posts what happens.',
  backends: 'Where inference happens.',
  agents: 'Each agent has a forge account of its own, with the least rights of its role.',
  projects: 'The repositories that the factory works on.',
};

/** Text of a new `disinto.toml`. */
export function newConfigText(wanted: WantedConfig): string {
  const sections = Object.entries(wanted).flatMap(([key, value]) => {
    const note = notes[key];
    return [...(note === undefined ? [] : [`# ${note}`]), ...tableLines([key], value as WantedConfig)];
  });
  return `${['# Made by `disinto init`; every key is in docs/disinto.schema.json. `disinto config check` checks it.', '', ...sections].join('\n').trimEnd()}\n`;
}

const isTable = (value: ConfigValue): value is WantedConfig => typeof value === 'object' && !Array.isArray(value);

function tableLines(path: readonly string[], table: WantedConfig): readonly string[] {
  const entries = Object.entries(table);
  const leaves = entries.filter(([, value]) => !isTable(value));
  const inner = entries.flatMap(([key, value]) => (isTable(value) ? tableLines([...path, key], value) : []));
  const own = leaves.length === 0 ? [] : [`[${path.map(keyText).join('.')}]`, ...leaves.map(([key, value]) => `${keyText(key)} = ${valueText(value)}`), ''];
  return [...own, ...inner];
}

const keyText = (key: string): string => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));

/** JSON writes strings, numbers, truth values and flat arrays as TOML does. */
const valueText = (value: ConfigValue): string => (Array.isArray(value) ? `[${value.map(valueText).join(', ')}]` : JSON.stringify(value));
