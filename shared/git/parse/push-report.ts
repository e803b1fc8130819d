/** What git said about one ref of a push. */
export interface RefReport {
  readonly ref: string;
  /** done: changed · same: it was there already · stale: another value was there · refused: a rule of the forge · with-others: another ref failed · contended: unclear, read the forge. */
  readonly state: 'done' | 'same' | 'stale' | 'refused' | 'with-others' | 'contended';
  readonly reason: string;
}

/** Reads the lines of `git push --porcelain`: flag, `from:to`, summary. */
export function parsePushReport(stdout: string): RefReport[] {
  return stdout.split('\n').flatMap((line) => {
    const [, flag, ref, summary] = /^([ +*=!-])\t[^\t]*:(refs\/[^\t]+)\t(.*)$/.exec(line) ?? [];
    if (flag === undefined || ref === undefined || summary === undefined) return [];
    return [{ ref, state: stateOf(flag, summary), reason: /\((.*)\)\s*$/.exec(summary)?.[1] ?? summary }];
  });
}

function stateOf(flag: string, summary: string): RefReport['state'] {
  if (flag === '=') return 'same';
  if (flag !== '!') return 'done';
  if (/\(atomic push failed|\(atomic transaction failed|\(transaction failed/.test(summary)) return 'with-others';
  if (/\((?:stale info|fetch first|non-fast-forward|already exists|needs force)/.test(summary)) return 'stale';
  if (/hook declined|protected|denied|den(?:y|ied|ying)|prohibited|not allowed|permission|hidden ref|unpacker error|refus/i.test(summary)) return 'refused';
  return 'contended';
}
