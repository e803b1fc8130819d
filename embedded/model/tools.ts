import type { OfferedTool, ToolCall } from './api/api.ts';
import type { PlaybookItem } from './playbook.ts';

const writers = ['Write', 'write', 'write_file', 'create_file'];
const shells = ['Bash', 'bash', 'exec_command', 'shell', 'shell_command', 'run_shell_command', 'execute_command'];

/**
 * The tool calls that carry out one item with the tools this client offers; several when its tools want it so.
 * Empty when no tool fits. The number depends on item and tools only, so that progress can be counted from tool results.
 */
export function callsFor(item: Extract<PlaybookItem, { kind: 'write' | 'run' }>, tools: readonly OfferedTool[]): readonly ToolCall[] {
  if (item.kind === 'run') return shellCall(item.command, tools);
  const writer = tools.find((tool) => writers.includes(tool.name));
  if (writer !== undefined) return writeCalls(writer, item.path, item.content, tools);
  const patch = tools.find((tool) => tool.name === 'apply_patch' && tool.freeform);
  // A patch of this form cannot express a missing newline at the end.
  if (patch !== undefined && item.content.endsWith('\n')) return [{ name: patch.name, text: addFilePatch(item.path, item.content) }];
  return shellCall(`mkdir -p -- "$(dirname -- ${quoted(item.path)})" && printf '%s' ${quoted(item.content)} > ${quoted(item.path)}`, tools);
}

/** Whether a request comes from the coding loop: titles and topics are asked for without tools. */
export function isCodingRequest(tools: readonly OfferedTool[]): boolean {
  return tools.some((tool) => writers.includes(tool.name) || shells.includes(tool.name) || tool.name === 'apply_patch');
}

function writeCalls(writer: OfferedTool, path: string, content: string, tools: readonly OfferedTool[]): readonly ToolCall[] {
  const key = argumentName(writer, ['file_path', 'filePath', 'path']);
  const write = { name: writer.name, input: { [key]: path, content } };
  // Claude Code refuses to overwrite a file that the conversation has not read.
  const reader = writer.name === 'Write' ? tools.find((tool) => tool.name === 'Read') : undefined;
  return reader === undefined ? [write] : [{ name: reader.name, input: { [argumentName(reader, ['file_path', 'filePath', 'path'])]: path } }, write];
}

function shellCall(command: string, tools: readonly OfferedTool[]): readonly ToolCall[] {
  const shell = tools.find((tool) => shells.includes(tool.name));
  if (shell === undefined) return [];
  const key = argumentName(shell, ['command', 'cmd']);
  const property = shell.properties?.[key];
  // Claude Code's shell keeps its folder from call to call; every command of a playbook starts at the workspace's root.
  const own = shell.name === 'Bash' ? `bash -c ${quoted(command)}` : command;
  const isList = typeof property === 'object' && property !== null && 'type' in property && property.type === 'array';
  return [{ name: shell.name, input: { [key]: isList ? ['bash', '-c', command] : own } }];
}

function argumentName(tool: OfferedTool, names: readonly [string, ...string[]]): string {
  return names.find((name) => tool.properties !== null && name in tool.properties) ?? names[0];
}

function addFilePatch(path: string, content: string): string {
  const lines = content.slice(0, -1).split('\n');
  return ['*** Begin Patch', `*** Add File: ${path}`, ...lines.map((text) => `+${text}`), '*** End Patch', ''].join('\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
