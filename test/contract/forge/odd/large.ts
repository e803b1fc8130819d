import { beforeAll, describe, expect, it } from 'vitest';
import { type Contract, eventually } from '../part.ts';
import { startRecorder } from '../recorder.ts';
import { type Seeded, seedLarge } from './large-seed.ts';

const seconds = 1000;

/** Everything that does not fit onto one page of 50. One repository, filled once and in parallel; the cases only read. */
export function largeContract({ make, shows }: Contract): void {
  describe('beyond one page', () => {
    let seeded: Seeded;
    beforeAll(async () => {
      seeded = await seedLarge(await make());
    }, 240 * seconds);

    it('120 issues and 3 pull requests change, each once, oldest change first', async () => {
      const { repository, issues, pulls } = seeded;
      const forge = repository.forge('reader');
      const found = await forge.changes(null);
      expect(forge.calls()).toBe(3);
      expect(found.every((each) => each.issue.state === 'open')).toBe(true);
      expect(found.map((each) => each.number).toSorted((a, b) => a - b)).toEqual([...issues, ...pulls].toSorted((a, b) => a - b));
      expect(found.filter((each) => each.kind === 'pull-request')).toHaveLength(pulls.length);
      const times = found.map((each) => each.updatedAt.getTime());
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      shows('changes', 'many');
    });

    it('a forge that gives smaller pages than asked for loses nothing', async () => {
      const { repository, pulls, wide, head, issues } = seeded;
      const proxy = await startRecorder(repository.url, (_, path) => ({ path: path.replace('limit=50', 'limit=2') }));
      const forge = repository.forgeWith({ url: proxy.url });
      const found = await forge.listOpenPullRequests();
      expect([forge.calls(), found.map((each) => each.number).toSorted((a, b) => a - b)]).toEqual([2, pulls.toSorted((a, b) => a - b)]);
      const lists = [forge.changes(null), forge.listReviews(wide), forge.listStatuses(head)];
      expect((await Promise.all(lists)).map((each) => each.length)).toEqual([issues.length + pulls.length, 56, 55]);
      await proxy.close();
      shows('listOpenPullRequests', 'some');
      shows('changes', 'many');
    });

    it('70 comments come in the order in which they were written', async () => {
      const { repository, talk } = seeded;
      const forge = repository.forge('dev');
      const found = await forge.listComments(talk);
      // The forge does not page them, whatever it is asked for.
      expect(forge.calls()).toBe(1);
      expect(found.map((each) => each.body)).toEqual(Array.from({ length: 70 }, (_, at) => `No. ${at + 1}`));
      expect(await repository.forge('dev').findIssue(talk)).toMatchObject({ comments: 70 });
      shows('listComments', 'many');
    });

    it('60 events of a timeline, each once', async () => {
      const { repository, story } = seeded;
      const found = await repository.forge('dev').listTimeline(story);
      expect(found.map(({ kind, label, added }) => [kind, label, added])).toEqual(Array.from({ length: 60 }, (_, at) => ['label', 'label 1', at % 2 === 0]));
      expect(new Set(found.map((each) => each.id)).size).toBe(60);
      shows('listTimeline', 'many');
    });

    it('60 labels of the repository are known by name, also those of the last page', async () => {
      const { repository, labels, issues } = seeded;
      const forge = repository.forge('merger');
      await forge.ensureLabelsExist(labels.map((name) => ({ name, colour: '#ff0000', description: 'again' })));
      const listed = (await Promise.all([1, 2].map((page) => repository.raw('dev', 'GET', `labels?page=${page}&limit=50`)))).map((each) => each.body);
      expect(listed.flatMap((body) => (JSON.parse(body) as { name: string }[]).map((each) => each.name)).toSorted()).toEqual(labels.toSorted());
      const last = issues.at(-1) ?? 0;
      await forge.ensureLabels(last, { add: ['label 60'], remove: [] });
      await repository.forge('ci').ensureLabels(last, { add: [], remove: ['label 60'] });
      expect((await forge.findIssue(last))?.labels).toEqual(new Set());
      shows('ensureLabelsExist', 'done');
      shows('ensureLabels', 'done');
    });

    it('55 reviews, and 60 inline comments of one of them, one in each of 60 changed files', async () => {
      const { repository, wide } = seeded;
      const forge = repository.forge('dev');
      const reviews = await forge.listReviews(wide);
      expect(reviews.map((each) => each.body)).toEqual(['See the files.', ...Array.from({ length: 55 }, (_, at) => `Look ${at + 1}`)]);
      const comments = await forge.listReviewComments(wide, reviews[0]?.id ?? 0);
      expect(comments.map((each) => `${each.path}:${each.line} ${each.body}`).toSorted()).toEqual(
        Array.from({ length: 60 }, (_, at) => `files/${at + 1}.txt:1 On ${at + 1}`).toSorted(),
      );
      expect(await forge.listReviewComments(wide, reviews[1]?.id ?? 0)).toEqual([]);
      const pages = await Promise.all([1, 2].map((page) => repository.raw('dev', 'GET', `pulls/${wide}/files?page=${page}&limit=50`)));
      expect(pages.map((each) => (JSON.parse(each.body) as unknown[]).length)).toEqual([50, 10]);
      shows('listReviews', 'many');
      shows('listReviewComments', 'many', 'none');
    });

    it('55 statuses of one commit', async () => {
      const { repository, head } = seeded;
      const found = await repository.forge('dev').listStatuses(head);
      expect(found.map((each) => each.context).toSorted()).toEqual(Array.from({ length: 55 }, (_, at) => `ci/${at + 1}`).toSorted());
      shows('listStatuses', 'many');
    });

    it('a search answers its first page', async () => {
      const { repository } = seeded;
      await expect.poll(async () => (await repository.forge('dev').searchIssues('numbered')).length, eventually).toBe(50);
      shows('searchIssues', 'some');
    });

    it('an unknown label in a filter filters nothing, also beyond one page', async () => {
      const { repository, issues } = seeded;
      const answer = await repository.raw('dev', 'GET', 'issues?labels=nosuch&type=issues&limit=50');
      expect(answer.headers.get('x-total-count')).toBe(String(issues.length));
    });
  });
}
