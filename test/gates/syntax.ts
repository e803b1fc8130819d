/** A node of the syntax tree (ESTree with TypeScript), as far as the gates look at it. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** A node and everything below it, outermost first. */
export function nodesIn(root: Node): readonly Node[] {
  const found: Node[] = [];
  const waiting: Node[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    found.push(node);
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) waiting.push(...value.filter(isNode));
      else if (isNode(value)) waiting.push(value);
    }
  }
  return found.toSorted((a, b) => a.start - b.start);
}

/** `a.b` of a chain of names, `''` where it is anything else. */
export function nameOf(value: unknown): string {
  if (!isNode(value)) return '';
  if (value.type === 'Identifier') return String(value['name']);
  if (value.type === 'Literal') return String(value['value']);
  if (value.type === 'MemberExpression') {
    const object = nameOf(value['object']);
    return object === '' ? '' : `${object}.${nameOf(value['property'])}`;
  }
  return '';
}

/** The text of a string literal, or null. */
export function stringOf(value: unknown): string | null {
  return isNode(value) && value.type === 'Literal' && typeof value['value'] === 'string' ? value['value'] : null;
}
