/** Careful access to JSON of unknown shape: a missing or odd part is an empty value, never an exception. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The object that a line holds, or null. */
export function parseObject(line: string): JsonObject | null {
  if (!line.startsWith('{')) return null;
  try {
    return asObject(JSON.parse(line));
  } catch {
    return null;
  }
}

export const asObject = (value: unknown): JsonObject => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {});
export const asList = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.map(asObject) : []);
export const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
export const asNumber = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

/** Joined text blocks of a message. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return asList(content)
    .flatMap((block) => (block['type'] === 'text' ? [asText(block['text'])] : []))
    .join('');
}

/** What a tool call is about, in one short line: its path or its command. */
export function detailOf(input: unknown): string {
  const args = asObject(input);
  const value = ['command', 'cmd', 'file_path', 'path', 'pattern'].map((name) => asText(args[name])).find((text) => text !== '') ?? '';
  const line = value.replaceAll(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

/** What kind of tool this is, by the names that the harnesses use. */
export function toolKind(name: string): 'edit' | 'execute' | 'read' | 'other' {
  const lower = name.toLowerCase();
  if (['write', 'edit', 'multiedit', 'notebookedit', 'apply_patch'].includes(lower)) return 'edit';
  if (lower === 'bash') return 'execute';
  return ['read', 'grep', 'glob', 'find', 'ls'].includes(lower) ? 'read' : 'other';
}
