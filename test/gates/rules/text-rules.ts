/** What no text of the project may say. `in`: the files it is looked for in. */
export interface TextRule {
  readonly rule: string;
  readonly in: RegExp;
  readonly pattern: RegExp;
  readonly right: string;
}

const everything = /./;
const program = /\.(ts|js|sh|ya?ml)$|(^|\/)(Makefile|run|disinto)$/;

/** The words below are built from parts, so that this file may be searched as well. */
const word = (...parts: readonly string[]): RegExp => new RegExp(parts.join(''));

export const textRules: readonly TextRule[] = [
  {
    rule: 'machine-path',
    in: everything,
    pattern: word('(^|[^\\w.<])/(work', '/(main|shared|\\.)|ro', 'ot/|home', '/[a-z])'),
    right: 'a path relative to the project, or found at run time',
  },
  {
    rule: 'registry',
    in: everything,
    pattern: word('regis', 'try\\.(npmjs|npmmirror|yarnpkg)\\.|"resol', 'ved": "http'),
    right: 'name no registry; .npmrc keeps their addresses out of the lockfile',
  },
  {
    rule: 'broad-kill',
    in: program,
    pattern: word('\\b(pk', 'ill|kill', 'all)\\b'),
    right: 'end a process by the id that we started, and its group or namespace',
  },
  {
    rule: 'broad-prune',
    in: program,
    pattern: word('\\bpru', 'ne (-a|--all|-f)|system pru', 'ne|volume pru', 'ne'),
    right: 'remove by exact id what the launcher recorded',
  },
  { rule: 'leftover', in: program, pattern: word('\\b(TO', 'DO|FIX', 'ME|X', 'XX)\\b'), right: 'do it, or file an issue and leave no note' },
  {
    rule: 'lint-excuse',
    in: program,
    pattern: word('(ox', 'lint|es', 'lint)-disable(?!.* -- \\S)|@ts-(ig', 'nore|expect-error)(?! \\S)'),
    right: 'a disabling comment says why, after --',
  },
];

/** Words that name nothing. */
export const emptyNames: readonly string[] = ['util', 'utils', 'helper', 'helpers', 'manager', 'service', 'common', 'misc', 'index'];
