import type { Finding, Verdict } from './finding.ts';
import { importsOf } from './module.ts';
import { readSources } from './source.ts';

interface Edge {
  readonly to: string;
  readonly line: number;
}

/** No file imports itself over others, types included: a cycle of types is a cycle of words. */
export function checkCycles(root: string): Verdict {
  const graph = new Map<string, readonly Edge[]>();
  for (const source of readSources(root)) {
    const edges = importsOf(source, root).flatMap(({ target, line }) => (target === null ? [] : [{ to: target, line }]));
    graph.set(source.path, edges);
  }
  const edges = [...graph.values()].reduce((sum, list) => sum + list.length, 0);
  return { looked: edges, findings: findCycles(graph), notes: [`${graph.size} files, ${edges} imports between them`] };
}

/** One finding per edge that leads back to a file on the present path of a depth-first walk. */
function findCycles(graph: ReadonlyMap<string, readonly Edge[]>): readonly Finding[] {
  const findings: Finding[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    if (done.has(file)) return;
    path.push(file);
    for (const { to, line } of graph.get(file) ?? []) {
      const at = path.indexOf(to);
      if (at < 0) visit(to);
      else findings.push({ path: file, line, rule: 'cycle', what: [...path.slice(at), to].join(' → '), right: 'move what both need into a third file' });
    }
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return findings;
}
