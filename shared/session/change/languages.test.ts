import { describe, expect, it } from 'vitest';
import type { Sha } from '#domain/sha';
import { findWeakenedTests } from './weakened-tests.ts';

async function weakness(path: string, before: string, after: string): Promise<string | null> {
  const readFile = async (at: Sha): Promise<Buffer> => Buffer.from(at === 'old' ? before : after);
  const found = await findWeakenedTests({
    files: [{ path, change: 'modified', mode: '100644', additions: 1, deletions: 1, binary: false }],
    objects: { readFile, listChangedFiles: async () => [], mergeBase: async () => null },
    commits: [],
    texts: [],
    from: 'old' as Sha,
    to: 'new' as Sha,
    policy: { maxChangedFiles: 1, maxChangedLines: 1, maxFileBytes: 1, protectedPaths: [] },
  });
  return found[0]?.why ?? null;
}

/** path, a test file, the same with one test skipped, the same with one test removed or commented out. */
const table: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
  [
    'a.test.ts',
    "it('a', () => {});\ntest('b', () => {});\n",
    [
      "it.skip('a', () => {});\ntest('b', () => {});\n",
      "it.only('a', f);\ntest('b', f);\n",
      "xit('a', f);\ntest('b', f);",
      "describe.skip('x', () => {\nit('a', f);\ntest('b', f); })",
      "test.todo('a');\ntest('b', f)",
      "test('a', { skip: true }, f);\ntest('b', f)",
      "it.skipIf(true)('a', f);\ntest('b', f)",
      "test('a', (t) => { t.skip(); });\ntest('b', f)",
    ],
    ["it('a', f);\n", "it('a', f);\n// test('b', f);\n", "it('a', f);\n/* test('b', f); */\n"],
  ],
  [
    'src/__tests__/a.jsx',
    "test.each([1])('a %d', f);\nit('b', f)",
    ["test.each([1])('a %d', f);\nit.concurrent.skip('b', f)"],
    ["test.each([1])('a %d', f);\n"],
  ],
  [
    'tests/test_a.py',
    'def test_a():\n    pass\n\nclass T:\n    async def test_b(self):\n        pass\n',
    [
      'import pytest\n@pytest.mark.skip\ndef test_a():\n    pass\nasync def test_b(): pass\n',
      '@pytest.mark.skipif(True, reason="x")\ndef test_a(): pass\ndef test_b(): pass\n',
      '@unittest.skip("x")\ndef test_a(): pass\ndef test_b(): pass\n',
      'def test_a():\n    pytest.skip("later")\ndef test_b(): pass\n',
      'def test_a(self):\n    self.skipTest("x")\ndef test_b(): pass\n',
      '@pytest.mark.xfail\ndef test_a(): pass\ndef test_b(): pass\n',
    ],
    [
      'def test_a(): pass\n',
      'def test_a(): pass\n# def test_b(): pass\n',
      'def test_a(): pass\n"""\ndef test_b(): pass\n"""\n',
      'def test_a(): pass\ndef _test_b(): pass\n',
    ],
  ],
  ['pkg/a_test.py', 'def test_a(): pass\n', ['@skipUnless(False)\ndef test_a(): pass\n'], ['x = 1\n']],
  [
    'pkg/a_test.go',
    'func TestA(t *testing.T) {\n}\nfunc TestB(t *testing.T) {\n}\n',
    [
      'func TestA(t *testing.T) {\n\tt.Skip("x")\n}\nfunc TestB(t *testing.T) {\n}\n',
      'func TestA(t *testing.T) {\n\tt.SkipNow()\n}\nfunc TestB(t *testing.T) {}',
      '//go:build ignore\n\nfunc TestA(t *testing.T) {}\nfunc TestB(t *testing.T) {}',
    ],
    ['func TestA(t *testing.T) {\n}\n', 'func TestA(t *testing.T) {\n}\nfunc testB(t *testing.T) {}\n'],
  ],
  [
    'src/lib.rs',
    '#[test]\nfn a() {}\n#[tokio::test]\nasync fn b() {}\n',
    ['#[test]\n#[ignore]\nfn a() {}\n#[tokio::test]\nasync fn b() {}\n'],
    ['#[test]\nfn a() {}\n', '#[test]\nfn a() {}\n// #[test]\nfn b() {}\n', 'fn a() {}\n'],
  ],
  [
    'src/test/java/ATest.java',
    '@Test\nvoid a() {}\n@ParameterizedTest\nvoid b() {}\n',
    ['@Disabled("x")\n@Test\nvoid a() {}\n@ParameterizedTest\nvoid b() {}\n', '@Ignore @Test\nvoid a() {}\n@ParameterizedTest\nvoid b() {}\n'],
    ['@Test\nvoid a() {}\nvoid b() {}\n'],
  ],
  [
    'src/test/java/OldTest.java',
    'public void testA() {}\npublic void testB() {}\n',
    ['public void testA() {}\npublic void xtestB() {}\n', '@Ignore public void testA() {}\npublic void testB() {}\n'],
    ['public void testA() {}\n', 'public void testA() {}\n// public void testB() {}\n'],
  ],
  [
    'src/test/scala/ASuite.scala',
    'test("a") { assert(f == 1) }\ntest("b") { assert(g == 2) }\nit should "c" in { assert(h) }\n',
    ['ignore("a") { }\ntest("b") { }\nit should "c" in { }\n', 'test("a".ignore) { }\ntest("b") { }\nit should "c" in { }\n'],
    ['test("a") { }\nit should "c" in { }\n', 'test("a") { }\ntest("b") { }\n'],
  ],
  [
    'src/FooTests.cs',
    '[Fact]\npublic void A() {}\n[Theory]\npublic void B() {}\n',
    ['[Fact(Skip = "x")]\npublic void A() {}\n[Theory]\npublic void B() {}\n'],
    ['[Fact]\npublic void A() {}\n'],
  ],
  [
    'spec/a_spec.rb',
    'it "a" do\nend\nit("b") { }\n',
    ['xit "a" do\nend\nit("b") { }\n', 'it "a", skip: true do\nend\nit("b") { }\n', 'it "a" do\n  skip "later"\nend\nit("b") { }\n'],
    ['it "a" do\nend\n', 'it "a" do\nend\n# it("b") { }\n'],
  ],
  [
    'tests/ATest.php',
    'public function testA() {}\n#[Test]\npublic function b() {}\n',
    ['public function testA() { $this->markTestSkipped(); }\n#[Test]\npublic function b() {}\n'],
    ['public function testA() {}\n'],
  ],
  [
    'test/a.bats',
    '@test "a" {\n  true\n}\n@test "b" {\n  true\n}\n',
    ['@test "a" {\n  skip "x"\n}\n@test "b" {\n  true\n}\n', '@test "a" {\n  if true; then skip; fi\n}\n@test "b" {\n}\n'],
    ['@test "a" {\n}\n', '@test "a" {\n}\n# @test "b" {\n'],
  ],
  [
    'conftest.py',
    'import a\n',
    ['import a\ncollect_ignore = ["b"]\n', 'collect_ignore_glob += ["b"]\n', 'def pytest_collection_modifyitems(items):\n    items.clear()\n'],
    [],
  ],
  [
    'tests/run.sh',
    '#!/bin/sh\nset -e\n./app a | grep x\n./app b | grep y\n',
    [
      '#!/bin/sh\nexit 0\nset -e\n./app a | grep x\n./app b | grep y\n',
      'set -e\nreturn 0\n./app a | grep x\n',
      'set -e; exit 0\n./app a | grep x\n',
      'command -v app || exit 0\n./app a | grep x\n',
      'if true; then\n  exit\nfi\n./app a | grep x\n',
      'exit 77\n./app a | grep x\n',
      "skip_all='later'\n./app a | grep x\n",
    ],
    [],
  ],
  ['tests/test_a.sh', 'test_a() {\n  true\n}\nfunction testB() {\n}\n', ['test_a() {\n  startSkipping\n}\nfunction testB() {\n}\n'], ['test_a() {\n}\n']],
  ['test/a_test.exs', 'test "a" do\nend\n', ['@tag :skip\ntest "a" do\nend\n'], ['# test "a" do\n']],
  ['Tests/ATests.swift', 'func testA() {}\nfunc testB() {}\n', ['func testA() throws { throw XCTSkip("x") }\nfunc testB() {}\n'], ['func testA() {}\n']],
  [
    'test/a_test.cc',
    'TEST(S, A) {}\nTEST_F(S, B) {}\n',
    ['TEST(S, A) { GTEST_SKIP(); }\nTEST_F(S, B) {}\n', 'TEST(S, DISABLED_A) {}\nTEST_F(S, B) {}\n'],
    ['TEST(S, A) {}\n'],
  ],
  ['test/a_test.dart', "test('a', () {});\n", ["test('a', () {}, skip: true);\n"], ['\n']],
];

describe.each(table)('%s', (path, file, skipped, removed) => {
  it('stays free when tests are kept, renamed, added', async () => {
    expect(await weakness(path, file, file)).toBeNull();
    expect(await weakness(path, file, `${file}\n${file}`)).toBeNull();
    expect(await weakness(path, '', file)).toBeNull();
  });
  it.each(skipped)('is held when a test is skipped: %j', async (text) => expect(await weakness(path, file, text)).toMatch(/skipped, focused or unfinished/));
  it.each(removed)('is held when a test goes: %j', async (text) => expect(await weakness(path, file, text)).toMatch(/test cases? removed/));
});

it.each([
  ['tests/test_a.py', 'def test_a():\n    assert 2 == 2\n', 'def test_a():\n    pass\n'],
  ['tests/test_a.py', 'def test_a():\n    assert f(1) == 2\ndef test_b():\n    assert g()\n', 'def test_a():\n    f(1)\ndef test_b():\n    assert g()\n'],
  ['tests/test_a.py', 'def test_a():\n    assert f(1) == 2\n', 'def test_a():\n    assert True\n'],
  ['a.test.ts', "it('a', () => {\n  expect(f()).toBe(1);\n});", "it('a', () => {\n  expect(true).toBe(true);\n});"],
  ['a_test.go', 'func TestA(t *testing.T) {\n\tif f() != 1 { t.Fatal("x") }\n}', 'func TestA(t *testing.T) {\n\tf()\n}'],
  ['tests/run.sh', 'set -e\n./app | diff - out\n', './app\n'],
  ['tests/test_a.py', 'def test_a():\n    assert f(1) == 2\n', 'def test_a():\n    return\n    assert f(1) == 2\n'],
  ['tests/test_a.py', 'def test_a():\n    assert f(1) == 2\n', 'def test_a():\n    assert True, "later"\n'],
  ['a.test.ts', "it('a', async ({ p }) => {\n  expect(f()).toBe(1);\n});", "it('a', async ({ p }) => {\n  return;\n  expect(f()).toBe(1);\n});"],
  ['a_test.go', 'func TestA(t *testing.T) {\n\tt.Fatal("x")\n}', 'func TestA(t *testing.T) {\n\treturn\n\tt.Fatal("x")\n}'],
  ['test/a.bats', '@test "a" {\n  [ "$(f)" = 1 ]\n}\n', '@test "a" {\n  f\n}\n'],
] as const)('is held when a case in %s asserts nothing any more (%#)', async (path, before, after) =>
  expect(await weakness(path, before, after)).toMatch(/without the assertions/),
);

it('is held when a new case takes the place of another', async () => {
  const before = "it('adds', () => {\n  expect(add(1, 2)).toBe(3);\n});\n";
  expect(await weakness('a.test.ts', before, "it('is fine', () => {\n  void 0;\n});\n")).toBe('1 test case removed');
  expect(await weakness('a.test.ts', before, before.replace('adds', 'sums up').replace('3', '4'))).toBeNull();
});

it.each([
  ['tests/run.sh', 'set -e\n', 'set -e\ncat > stub <<EOF\n#!/bin/sh\nexit 0\nEOF\n./app | grep x\nif [ $? = 0 ]; then\n  exit 0\nelse\n  exit 1\nfi\n'],
  ['tests/run.sh', 'set -e\n', 'usage() { echo; exit 0; }\ncase $1 in\n  -h) exit 0 ;;\nesac\nhelp() {\n  exit 0\n}\n./app | grep x\nexit 0\n'],
  ['tests/lib.sh', '', '[ -n "$loaded" ] && return 0\nloaded=1\ncheck() {\n  return 0\n}\ncheck\n'],
  ['src/test/java/ATest.java', '@Test\npublic void testA() { check(); }', '@Test\npublic void addsUp() { check(); }'],
  ['tests/test_a.py', 'def test_a():\n    assert f(1) == 2\n', 'def test_a():\n    check(f(1), 2)\n'],
  ['a.test.ts', "it('a', () => expect(f()).toBe(1));", "it('a', () => {\n  return expect(f()).toBe(1);\n});"],
  ['a.test.ts', "it('a', () => {\n  expect(f()).toBe(1);\n});", "it('a', () => {\n  if (!f) return;\n  expect(f()).toBe(1);\n});"],
  ['a.test.ts', "it('a', () => {\n  expect(true).toBe(true);\n});", "it('a', () => {\n  expect(true).toBe(true);\n});\nit('b', f);"],
  ['a.test.ts', "it('a http://x', f);", "it('see http://x and skip: nothing', f); const g = ['**/*.ts', 'b/*'];\nit('b */', f)"],
  ['a.test.ts', "it('a', f);", "// it.skip('old')\nit('a', () => expect(/['\"`]/).toBe(1));\nit('b', f)"],
  ['src/skip.ts', 'export const a = 1;', 'queue.skip(3); it.skip();'],
  ['tests/test_a.py', 'def test_a(): pass', 'def test_a():\n    """Does not @skip anything."""\n    s = "# no comment"'],
  ['a_test.go', 'func TestA(t *testing.T) {}', 'func TestRenamed(t *testing.T) { s.SkipList() }'],
] as const)('no false alarm in %s (%#)', async (path, before, after) => expect(await weakness(path, before, after)).toBeNull());

it.each([
  ['tests/run.sh', 'cat <<A\n'],
  ['tests/run.sh', '"\\\n'],
  ['tests/run.sh', 'a'],
  ['tests/test_a.py', 'a'],
  ['tests/test_a.py', 'def test_a(): assert '],
  ['src/test/ATest.java', '@Test '],
  ['src/test/ATest.java', 'void testA('],
  ['a.test.ts', "it('a', "],
])('takes time that grows with the length only: %s, %j', async (path, part) => {
  const long = part.repeat(200_000 / part.length);
  await weakness(path, long, `${long} `);
});
