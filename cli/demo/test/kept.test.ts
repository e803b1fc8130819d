import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { startEmbeddedForge } from '../../../embedded/forge/server.ts';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { createForge } from '../../../shared/forge/forgejo.ts';
import { openLedger } from '../../../shared/ledger/sqlite.ts';
import { silentLog } from '../../../shared/log/pino.ts';
import { type DemoFolder, readFolder } from '../folder.ts';
import { checkKept, firstDifference, readSeeded } from '../kept.ts';
import { demoLayout } from '../places.ts';
import { people, seedIssues, seedRepository } from '../seed.ts';
import { folderWith, writeFiles } from './place.ts';

const given = [{ title: 'One', body: 'do it' }, { title: 'Two', author: 'outsider', labels: ['priority'] }, { title: 'One' }];
const withIssues = (issues: readonly unknown[]): Readonly<Record<string, string>> => ({ 'issues.yaml': stringify(issues) });

/** Forge, ledger and the folder; `seed` is what a start of the demo does. */
async function stand() {
  const path = folderWith({ 'repo/README.md': '# Values\n', ...withIssues(given) });
  const layout = demoLayout(await readFolder(path), join(path, '..', 'keep'));
  const common = { clock: systemClock, chance: systemChance, log: silentLog };
  const server = await startEmbeddedForge({ directory: layout.forge, ...common });
  const ledger = openLedger(layout.ledger);
  onTestFinished(async () => {
    ledger.close();
    await server.close();
  });
  await seedRepository(server, await readFolder(path), 'main', []);
  const forgeOf = (login: string) => {
    const token = server.seed.createToken(login, 'demo');
    return createForge({ url: server.url, repository: 'demo/values', token: () => token, timeoutSeconds: 30, ...common });
  };
  const [maintainer, outsider] = [forgeOf(people.maintainer), forgeOf(people.outsider)];
  const seed = async (issues: readonly unknown[]) => {
    writeFiles(path, withIssues(issues));
    const folder: DemoFolder = await readFolder(path);
    checkKept(layout, folder);
    return seedIssues({ maintainer, outsider, ledger, clock: systemClock }, folder);
  };
  const titles = async () =>
    (await maintainer.changes(new Date(0)))
      .toSorted((a, b) => a.number - b.number)
      .map(({ number, issue }) => `${number} ${issue.title} ${issue.author} ${[...issue.labels].toSorted().join('+')}`);
  return { path, layout, ledger, maintainer, seed, titles };
}

const seeded = ['1 One maintainer backlog', '2 Two outsider priority', '3 One maintainer backlog'];

it('appended issues are made once, with the numbers that come next', async () => {
  const { seed, titles, maintainer } = await stand();
  expect(await seed(given)).toEqual([1, 2, 3]);
  expect(await seed(given)).toEqual([1, 2, 3]);
  await maintainer.createIssue({ title: 'A follow-up', body: '', labels: [] });
  expect(await seed([...given, { title: 'Three' }])).toEqual([1, 2, 3, 5]);
  expect(await seed([...given, { title: 'Three' }, { title: 'Four' }])).toEqual([1, 2, 3, 5, 6]);
  expect(await titles()).toEqual([...seeded, '4 A follow-up maintainer ', '5 Three maintainer backlog', '6 Four maintainer backlog']);
});

it('issues that were made and not recorded, because of a kill, are not made twice', async () => {
  const { seed, titles, ledger, maintainer } = await stand();
  await maintainer.createIssue({ title: 'One', body: 'do it', labels: [] });
  expect(await seed(given)).toEqual([1, 2, 3]);
  expect(readSeeded(ledger).map((issue) => issue.number)).toEqual([1, 2, 3]);
  expect(await titles()).toEqual(['1 One maintainer ', ...seeded.slice(1)]);
});

it('what people changed on the forge is no difference; a given issue that is another one now is refused', async () => {
  const { path, seed, titles, maintainer } = await stand();
  await seed(given);
  await maintainer.ensureLabels(1, { add: ['tech-debt'], remove: ['backlog'] });
  expect(await seed(given)).toEqual([1, 2, 3]);
  const refused = new RegExp(`^${path}/issues.yaml is not what .*/keep was started with: the title of issue 1 was "One" and is "Uno"\\. .*another folder`);
  await expect(seed([{ title: 'Uno' }, ...given.slice(1)])).rejects.toThrow(refused);
  await expect(seed(given.slice(0, 2))).rejects.toThrow('issue 3, "One", is not in it any more');
  expect(await titles()).toHaveLength(3);
});

it('another folder is refused where one is kept', async () => {
  const { layout } = await stand();
  const other = await readFolder(folderWith({ 'repo/README.md': '', ...withIssues(given) }, 'others'));
  expect(() => checkKept(layout, other)).toThrow(`${layout.root} holds a demo of values; keep others in another folder (--keep DIR)`);
});

it('the first difference is named, whatever it is', () => {
  const issue = { title: 'One', body: '', labels: ['a', 'b'], author: 'maintainer' } as const;
  const was = { ...issue, number: 7, body: 'e3b0c44298fc1c149afbf4c8996fb924', labels: ['b', 'a'] };
  expect(firstDifference([was], [issue, issue])).toBeNull();
  expect(firstDifference([was], [{ ...issue, body: 'x' }])).toBe('issue 1 (#7), "One", has another body');
  expect(firstDifference([was], [{ ...issue, author: 'outsider' }])).toBe('the author of issue 1 (#7), "One", was maintainer and is outsider');
  expect(firstDifference([was], [{ ...issue, labels: ['a'] }])).toBe('the labels of issue 1 (#7), "One", were [a, b] and are [a]');
});
