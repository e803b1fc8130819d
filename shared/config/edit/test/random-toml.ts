import type { ConfigEdit } from '../edit.ts';
import type { ConfigValue } from '../value.ts';

export interface Dice {
  /** An integer in [0, below). */
  roll(below: number): number;
  pick<T>(of: readonly [T, ...T[]]): T;
}

/** The same seed throws the same numbers. */
export function createDice(seed: number): Dice {
  let state = seed;
  const roll = (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
  return { roll, pick: (of) => of[roll(of.length)] ?? of[0] };
}

const names = ['agents', 'dev', 'dev-2', 'limits', 'a b', 'x.y', 'ümlaut', 'backends', 'q"t'] as const;
const keys = ['enabled', 'role', 'list', 'odd key', 'n', '"', 'turns'] as const;
const literals = [
  '1',
  '-2.5',
  'true',
  '"a # b"',
  "'c:\\d'",
  '"""\nmore # than\n one"""',
  '1979-05-27T07:32:00Z',
  '[]',
  '[1, 2]',
  '{}',
  '{ a = 1, b.c = "x" }',
] as const;
const lists = ['[\n  "a", # first\n  "b"\n]', '[ # head\n  1,\n  2, # two\n  # tail\n]', '[["x"], ["y", "z",],]'] as const;

/** A TOML file with comments, odd spaces and every way of writing tables that the parser takes. */
export function randomToml(dice: Dice): string {
  const lines: string[] = [];
  let comments = 0;
  const comment = (): string => (dice.roll(4) === 0 ? `${' '.repeat(dice.roll(3))}# comment ${(comments += 1)}` : '');
  const body = (indent: string): void => {
    const used = new Set<string>();
    for (let left = dice.roll(4); left > 0; left--) {
      const key = dice.pick(keys);
      if (used.has(key)) continue;
      used.add(key);
      if (dice.roll(3) === 0) lines.push(`${indent}# comment ${(comments += 1)}`);
      const dotted = dice.roll(5) === 0 ? `.${quoted(dice.pick(names))}` : '';
      lines.push(
        `${indent}${quoted(key)}${dotted}${dice.pick([' = ', '=', '  =  '])}${dice.roll(4) === 0 ? dice.pick(lists) : dice.pick(literals)}${comment()}`,
      );
      if (dice.roll(4) === 0) lines.push('');
    }
  };
  body('');
  const seen = new Set<string>();
  for (let left = dice.roll(6); left > 0; left--) {
    const path = Array.from({ length: 1 + dice.roll(3) }, () => quoted(dice.pick(names)));
    const header = path.join(dice.pick(['.', ' . ']));
    if (seen.has(path.join('.'))) continue;
    seen.add(path.join('.'));
    for (let blank = dice.roll(3); blank > 0; blank--) lines.push('');
    if (dice.roll(3) === 0) lines.push(`# comment ${(comments += 1)}`);
    const list = dice.roll(8) === 0;
    const indent = dice.pick(['', '', '  ', '\t']);
    lines.push(`${indent}${list ? '[[' : '['}${header}${list ? ']]' : ']'}${comment()}`);
    body(indent);
  }
  const text = lines.join('\n') + dice.pick(['', '\n', '\n\n', '\n# end']);
  return dice.roll(3) === 0 ? text.replaceAll('\n', '\r\n') : text;
}

export function randomEdits(dice: Dice, paths: readonly (readonly string[])[]): readonly ConfigEdit[] {
  return Array.from({ length: 1 + dice.roll(4) }, () => {
    const [first, ...rest] = paths;
    const known = first !== undefined && dice.roll(2) === 0 ? dice.pick([first, ...rest]) : null;
    const path = known ?? [...Array.from({ length: dice.roll(4) }, () => dice.pick(names)), dice.pick(keys)];
    return dice.roll(3) === 0 ? { remove: path } : { set: path, to: randomValue(dice, 2) };
  });
}

function randomValue(dice: Dice, depth: number): ConfigValue {
  const plain = dice.pick<ConfigValue>([true, 0, 42, -1.5, 1e21, '', 'text', 'two\nlines # "quoted" \\ \u007F é 🦊', ['a', 'b', 'c'], [1, 2, 3]]);
  if (depth === 0 || dice.roll(3) > 0) return plain;
  return Object.fromEntries(Array.from({ length: dice.roll(4) }, () => [dice.pick([...keys, ...names]), randomValue(dice, depth - 1)]));
}

function quoted(key: string): string {
  return /^[\w-]+$/.test(key) && !/[^\x20-\x7e]/.test(key) ? key : JSON.stringify(key);
}
