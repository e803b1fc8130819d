import { countEarlyExits } from './cases.ts';
import type { CommentStyle } from './strip-comments.ts';

/** What tests look like in a language. The patterns are global; they see the code without comments. */
export interface Language {
  readonly isTestPath: (path: string) => boolean;
  /** Test cases also stand beside the code, in files of any name. */
  readonly testsAnywhere: boolean;
  readonly comments: CommentStyle;
  readonly cases: RegExp;
  /** A group holds the name of a case. */
  readonly names: RegExp;
  readonly skips: RegExp;
  /** Skips that are comments, looked for in the raw text. */
  readonly skipDirectives: RegExp | null;
  /** Skips that no pattern tells, in code without comments. */
  readonly moreSkips: (code: string) => number;
  /** What fails when the tested code is wrong. */
  readonly asserts: RegExp;
  /** A test is often a program from top to bottom, without named cases. */
  readonly scripts: boolean;
}

type Draft = Pick<Language, 'cases' | 'names' | 'skips'> &
  Partial<Pick<Language, 'testsAnywhere' | 'comments' | 'skipDirectives' | 'moreSkips' | 'asserts' | 'scripts'>> & { readonly files: RegExp };

/** The language of a file that can hold tests; null for every other file. In a test folder that is each file but a note. */
export function languageOf(path: string): Language | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const known = languages.find(([extension]) => extension.test(name))?.[1] ?? null;
  return known ?? (testFolder.test(path) && !/\.(?:md|rst)$|^\.git(?:keep|ignore|attributes)$|^license/i.test(name) ? unknown : null);
}

/** For a file whose name does not tell: by its first line. */
export function languageByContent(language: Language, text: string): Language {
  const program = language === unknown ? /^#!.*?([a-z]+)[\d.]*(?:\s+-.*)?\s*$/m.exec(text.slice(0, 200).split('\n')[0] ?? '')?.[1] : undefined;
  return programs.find(([name]) => program !== undefined && name.test(program))?.[1] ?? language;
}

const testFolder = /(?:^|\/)(?:tests?|__tests__|specs?|e2e|t|testing)\//i;
const assertion =
  /expect|assert|should|verif|check|ensure|must|fail|match|throw|raise|panic|equal|same|contain|compare|require|\b(?:ok|is|isnt|like)\s*[.(]|\bt\.(?:Error|Fatal)/gi;
const shellAssertion = /\[\[?\s|\|\||&&|\b(?:test|grep|diff|cmp|run|fail|false|exit\s+["']?[1-9$]|set\s+-\w*e)\b|assert|expect|check|verif|should/gi;

function language({
  files,
  testsAnywhere = false,
  comments = 'slashes',
  skipDirectives = null,
  moreSkips = () => 0,
  asserts = assertion,
  scripts = false,
  ...patterns
}: Draft): Language {
  return {
    ...patterns,
    testsAnywhere,
    comments,
    skipDirectives,
    moreSkips,
    asserts,
    scripts,
    isTestPath: (path) => testFolder.test(path) || files.test(path.slice(path.lastIndexOf('/') + 1)),
  };
}

const quotedName = String.raw`["'\x60]([^"'\x60\n]+)["'\x60]`;

const javascript = language({
  files: /\.(?:test|spec|cy)\.[cm]?[jt]sx?$/,
  cases: /(?<![\w$.])(?:it|test|specify|fit|xit|xtest|Deno\.test)(?:\.\w+)*\s*(?:<[^>\n]*>)?\s*[(`]/g,
  names: new RegExp(String.raw`(?<![\w$.])(?:it|test|specify|Deno\.test)(?:\.\w+)*\s*\(\s*${quotedName}`, 'g'),
  skips:
    /(?<![\w$.])(?:it|test|describe|suite|specify|context|bench)(?:\.\w+)*?\.(?:skip|todo|only|skipIf|runIf|fixme|failing|fails|ignore)\b|(?<![\w$.])(?:xit|xtest|xdescribe|xcontext|xspecify|fit|fdescribe|fcontext)\s*\(|\b(?:this|t|ctx|context|test|task)\.(?:skip|todo)\s*\(|\b(?:skip|todo|only|ignore)\s*:\s*(?!false\b|undefined\b)(?=true\b|["'`])|\bprocess\.exit\s*\(\s*0?\s*\)/g,
});

const python = language({
  files: /^test_.*\.py$|_tests?\.py$|^tests?\.py$|^conftest\.py$/,
  comments: 'python',
  cases: /^[ \t]*(?:async[ \t]+)?def[ \t]+test\w*[ \t]*\(/gm,
  names: /^[ \t]*(?:async[ \t]+)?def[ \t]+(test\w*)[ \t]*\(/gm,
  skips:
    /@(?:\w+\.)*(?:skip|skipif|skipIf|skipUnless|xfail|expectedFailure)\b|\b(?:pytest|unittest)\.(?:skip|xfail|importorskip)\s*\(|\bself\.skipTest\s*\(|\braise\s+(?:unittest\.)?SkipTest\b|\bpytestmark\s*=.*\bskip|\bcollect_ignore\w*(?:\s*\+?=|\.(?:append|extend)\b)|\bdef\s+pytest_(?:ignore_collect|collection_modifyitems|deselected)\b|^(?:sys\.)?exit\s*\(\s*0?\s*\)|^raise\s+SystemExit\b|\bos\._exit\s*\(|\bmarks\s*=\s*pytest\.mark\.(?:skip|xfail)|\b__test__\s*=\s*False/gm,
});

const go = language({
  files: /_test\.go$/,
  cases: /^func\s+(?:\([^)]*\)\s*)?(?:Test|Fuzz|Example)\w*\s*\(|\.Run\s*\(\s*["`]/gm,
  names: /^func\s+(?:\([^)]*\)\s*)?((?:Test|Fuzz|Example)\w*)\s*\(/gm,
  skips: /\b\w+\.Skip(?:f|Now)?\s*\(|\btesting\.Short\s*\(|\bos\.Exit\s*\(\s*0\s*\)/g,
  skipDirectives: /^\/\/\s*(?:go:build|\+build)\s/gm,
});

const rust = language({
  files: /^tests?\.rs$|_tests?\.rs$/,
  testsAnywhere: true,
  cases: /#\[\s*(?:\w+::)*(?:test|rstest|test_case|quickcheck)\b[^\]]*\]/g,
  names: /#\[\s*(?:\w+::)*(?:test|rstest)\b[^\]]*\][\s\S]{0,200}?\bfn\s+(\w+)/g,
  skips: /#\[\s*ignore\b|#\[\s*cfg\s*\(\s*any\s*\(\s*\)\s*\)|#\[\s*cfg_attr\s*\([^\]]*\bignore\b/g,
});

const jvm = language({
  files: /(?:Tests?|IT|TestCase|Spec|Suite)\.(?:java|kt|kts|groovy|scala)$/,
  // An annotation and its method are one case, whatever the name of the method.
  cases:
    /@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property)\b(?:(?:(?!@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property)\b)[\s\S]){0,300}?\b(?:void|fun|def)\s+(?:\w+|`[^`\n]+`)\s*\()?|\bvoid\s+test\w*\s*\(|(?<![\w.$])(?:test|it|property|scenario|Scenario)\s*\(\s*"|"\s+in\s*\{/g,
  names:
    /@(?:Test|ParameterizedTest|RepeatedTest|TestFactory)\b[\s\S]{0,300}?(?:void|fun|def)\s+(\w+|`[^`\n]+`)\s*\(|\bvoid\s+(test\w*)\s*\(|(?<![\w.$])(?:test|it|property|scenario|Scenario)\s*\(\s*"([^"\n]+)"|"([^"\n]+)"\s+in\s*\{/g,
  skips:
    /@(?:Disabled\w*|Ignore\w*|EnabledIf\w*|EnabledOn\w*|PendingFeature)\b|\bassume(?:True|False|That|Not)?\s*\(|\benabled\s*=\s*false|(?<![\w.$])ignore\s*\(\s*"|"\s+ignore\s*\{|"\.(?:ignore|only|fail|pending)\b|\bvoid\s+(?:x|disabled_?|_)test\w*\s*\(/g,
});

const dotnet = language({
  files: /(?:Tests?|Specs?)\.(?:cs|fs|vb)$/,
  cases: /\[\s*(?:Fact|Theory|Test|TestCase|TestMethod|DataTestMethod)\b/g,
  names: /\[\s*(?:Fact|Theory|Test|TestMethod)\b[\s\S]{0,300}?\b(?:void|Task)\s+(\w+)\s*\(/g,
  skips: /\bSkip\s*=\s*["@]|\[\s*(?:Ignore|Explicit)\b|\bAssert\.(?:Ignore|Inconclusive)\s*\(/g,
});

const ruby = language({
  files: /_(?:spec|test)\.rb$|^test_.*\.rb$/,
  comments: 'hash',
  cases: /^[ \t]*(?:it|specify|scenario|example|test|xit|fit)\b[ \t]*(?:\(|["'{]|do\b)|^[ \t]*def[ \t]+test_\w+/gm,
  names: /^[ \t]*(?:it|specify|scenario|example|test)\b[ \t]*\(?[ \t]*["']([^"'\n]+)["']|^[ \t]*def[ \t]+(test_\w+)/gm,
  skips:
    /^[ \t]*(?:xit|xdescribe|xcontext|xspecify|xscenario|fit|fdescribe|fcontext|pending|skip)\b|\b(?:skip|pending|focus):\s*(?!false|nil)|,\s*:(?:skip|pending|focus)\b/gm,
});

const php = language({
  files: /Test\.php$|\.test\.php$/,
  cases: /\bfunction\s+test\w*\s*\(|#\[\s*Test\b|(?<![\w$>:])(?:it|test)\s*\(\s*["']/g,
  names: /\bfunction\s+(test\w*)\s*\(|(?<![\w$>:])(?:it|test)\s*\(\s*["']([^"'\n]+)["']/g,
  skips: /\bmarkTest(?:Skipped|Incomplete)\s*\(|->(?:skip|todo|only)\s*\(|#\[\s*(?:Requires\w*|DoesNotPerformAssertions)\b/g,
});

const bats = language({
  files: /\.bats$/,
  comments: 'hash',
  cases: /^[ \t]*@test\b/gm,
  names: new RegExp(String.raw`^[ \t]*@test[ \t]+${quotedName}`, 'gm'),
  skips: /(?:^|[;&|]|\bthen|\bdo)[ \t]*skip\b|^[ \t]*@test\b[^\n]*\{\s*(?:exit|return)(?:[ \t]+0)?[ \t]*(?:;|$)/gm,
  skipDirectives: /^#\s*bats\s+(?:test_tags|file_tags)=.*bats:focus/gm,
  asserts: shellAssertion,
});

const shell = language({
  files: /^test[_-].*\.(?:ba|z|k)?sh$|[_.-]tests?\.(?:ba|z|k)?sh$|^tests?\.(?:ba|z|k)?sh$/,
  comments: 'hash',
  cases: /^[ \t]*(?:function[ \t]+)?test\w*[ \t]*\(\)|^[ \t]*(?:It|Specify|Example)[ \t]+["']/gm,
  names: /^[ \t]*(?:function[ \t]+)?(test\w*)[ \t]*\(\)|^[ \t]*(?:It|Specify|Example)[ \t]+["']([^"'\n]+)["']/gm,
  skips:
    /\bstartSkipping\b|^[ \t]*(?:Skip|Pending|Todo|xIt|xDescribe|fIt)\b|\bskip_all\b|\bexit[ \t]+77\b|^[ \t]*(?:function[ \t]+)?test\w*[ \t]*\(\)\s*\{\s*(?:exit|return)(?:[ \t]+0)?[ \t]*(?:;|$)/gm,
  moreSkips: countEarlyExits,
  asserts: shellAssertion,
  scripts: true,
});

const elixir = language({
  files: /_test\.exs$/,
  comments: 'hash',
  cases: /^[ \t]*(?:test|property)[ \t]+["']/gm,
  names: /^[ \t]*(?:test|property)[ \t]+["']([^"'\n]+)["']/gm,
  skips: /@(?:tag|moduletag|describetag)\s*\(?\s*(?::skip|skip:|:pending)/g,
});

const swift = language({
  files: /Tests?\.swift$/,
  cases: /\bfunc\s+test\w*\s*\(|@Test\b/g,
  names: /\bfunc\s+(test\w*)\s*\(/g,
  skips: /\bXCTSkip\w*\s*\(|\.disabled\s*\(|\bfunc\s+(?:x|disabled_?)test\w*\s*\(/g,
});

const c = language({
  files: /(?:^test_.*|_(?:unit)?tests?|Tests?)\.(?:c|cc|cpp|cxx|h|hpp)$/,
  cases: /\b(?:TEST(?:_F|_P|_CASE|_CASE_METHOD)?|TYPED_TEST|SCENARIO|BOOST_AUTO_TEST_CASE|START_TEST)\s*\(|\bvoid\s+test_\w+\s*\(/g,
  names: /\b(?:TEST(?:_F|_P)?|TYPED_TEST)\s*\(\s*\w+\s*,\s*(\w+)|\bvoid\s+(test_\w+)\s*\(/g,
  skips: /\bGTEST_SKIP\b|\bDISABLED_\w+|\[(?:\.|!shouldfail|!mayfail)|\bTEST_IGNORE\w*\s*\(|\bSKIP\s*\(/g,
});

const dart = language({
  files: /_test\.dart$/,
  cases: /(?<![\w.$])(?:test|testWidgets)\s*\(/g,
  names: /(?<![\w.$])(?:test|testWidgets)\s*\(\s*["']([^"'\n]+)["']/g,
  skips: /\bskip\s*:\s*(?!false|null)|@Skip\b|\bmarkTestSkipped\s*\(|\bsolo\s*:\s*true/g,
});

const perl = language({
  files: /\.t$/,
  comments: 'hash',
  cases: /\bsubtest\b|\b(?:ok|is|isnt|like|unlike|is_deeply|cmp_ok)\s*\(/g,
  names: /\bsubtest\s+["']([^"'\n]+)["']/g,
  skips: /\bskip_all\b|\bskip\s*\(|\btodo_skip\b|\bSKIP\s*:/g,
});

/** A program, data or an expected output: that it is there is all that can be said. */
const unknown = language({ files: /(?!)/, comments: 'none', cases: /(?!)/g, names: /(?!)/g, skips: /(?!)/g, asserts: /(?!)/g });

const languages: readonly (readonly [RegExp, Language])[] = [
  [/\.[cm]?[jt]sx?$|\.(?:vue|svelte)$/, javascript],
  [/\.py$/, python],
  [/\.go$/, go],
  [/\.rs$/, rust],
  [/\.(?:java|kts?|groovy|scala)$/, jvm],
  [/\.(?:cs|fs|vb)$/, dotnet],
  [/\.rb$/, ruby],
  [/\.php$/, php],
  [/\.bats$/, bats],
  [/\.(?:ba|z|k)?sh$/, shell],
  [/\.exs$/, elixir],
  [/\.swift$/, swift],
  [/\.(?:c|cc|cpp|cxx|h|hpp)$/, c],
  [/\.dart$/, dart],
  [/\.t$/, perl],
];

/** By the program of a first line such as `#!/usr/bin/env bash`. */
const programs: readonly (readonly [RegExp, Language])[] = [
  [/^(?:ba|z|k|da)?sh$/, shell],
  [/^bats$/, bats],
  [/^python$/, python],
  [/^(?:node|deno|bun|tsx)$/, javascript],
  [/^ruby$/, ruby],
  [/^perl$/, perl],
  [/^php$/, php],
];
