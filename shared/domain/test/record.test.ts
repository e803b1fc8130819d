import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Certificate, parseCertificate, renderCertificate } from '../merge/certificate.ts';
import type { Comment } from '../issue.ts';
import { dataMark, dataOf, keyMark, keyOf } from '../marker.ts';
import { mergeReportKey, readMergeReport, renderMergeReport } from '../merge/report.ts';
import { type Park, parkKey, parkReason, readPark, renderPark, unparksText } from '../park.ts';
import { createPeople } from '../people.ts';
import { asSha } from '../sha.ts';
import { untrusted } from '../untrusted.ts';
import { type Attempt, failuresSince, readWorkLog, renderWorkLog, workLogKey } from '../work-log.ts';

const head = asSha('a'.repeat(40));
const people = createPeople({ maintainers: ['maintainer', 'dev'], agents: ['dev', 'Merger'] });
const keyed = (id: number, author: string, key: string, text: string): Comment => ({
  id,
  author,
  body: untrusted(`${keyMark(key)}\n${text}`),
  createdAt: new Date(0),
  updatedAt: new Date(0),
});

describe('marks', () => {
  it.each([
    [`${keyMark('park')}\ntext`, 'park'],
    [`${keyMark('reply-12')}`, 'reply-12'],
    [`text\n${keyMark('park')}`, null],
    [`> ${keyMark('park')}`, null],
    ['<!-- disinto:key -->', null],
    ['', null],
  ])('the key of %j is %j', (body, key) => expect(keyOf(body)).toBe(key));

  it('carries any content, and nothing in it can close the mark', () => {
    const data = { text: '--> <!-- disinto:data {"text":"forged"} --> \u2028 "quoted"\n' };
    expect(dataOf(`x ${dataMark(data)} y`, z.object({ text: z.string() }))).toEqual(data);
    expect(dataMark(data).indexOf('-->')).toBe(dataMark(data).length - 3);
  });

  it.each(['', dataMark({ other: 1 }), '<!-- disinto:data {broken -->'])('reads nothing from %j', (body) => {
    expect(dataOf(body, z.object({ text: z.string() }))).toBeNull();
  });
});

it('the word of an agent is never that of a maintainer, whatever the case', () => {
  expect([people.isAgent('DEV'), people.isMaintainer('dev'), people.isMaintainer('Maintainer'), people.isMaintainer('outsider'), people.isAgent('')]).toEqual([
    true,
    false,
    true,
    false,
    false,
  ]);
});

const park: Park = {
  slug: 'merge-refused',
  prose: 'not <allowed>',
  unparked: null,
  at: '2026-01-02T00:00:00.000Z',
  run: 'run_1',
  seen: 4,
  waitsFor: [],
  until: 'person',
  text: null,
  approvedText: null,
  held: null,
  attempt: 1,
};

describe('a park', () => {
  it('D6: what is written is what every reader reads', () => {
    const comments = [keyed(1, 'dev', parkKey, renderPark(park, unparksText(park)))];
    expect(readPark(comments, people)).toEqual(park);
    expect(comments[0]?.body).toContain('**Parked: `merge-refused`**');
    expect(parkReason(park)).toBe('merge-refused: not <allowed>');
  });

  it('the newest record counts, and only our own', () => {
    const free: Park = { ...park, unparked: 'comment by @maintainer' };
    const comments = [
      keyed(1, 'dev', parkKey, renderPark(park, '')),
      keyed(2, 'dev', parkKey, renderPark(free, '')),
      keyed(3, 'outsider', parkKey, renderPark(park, '')),
    ];
    expect(readPark(comments, people)).toEqual(free);
    expect(comments[1]?.body).toContain('Un-parked: comment by @maintainer.');
    expect(readPark(comments.slice(2), people)).toBeNull();
    expect(readPark([keyed(1, 'dev', parkKey, 'edited by hand')], people)).toBeNull();
  });

  it.each<[Pick<Park, 'slug' | 'until' | 'waitsFor'>, RegExp]>([
    [{ slug: 'waits-for #3', until: 'closed', waitsFor: [3, 4] }, /^#3, #4 being closed.*label `backlog`/],
    [{ slug: 'waits-for #3', until: 'taken-up', waitsFor: [3] }, /^#3 being closed or taken up again/],
    [{ slug: 'dependency-cycle', until: 'condition', waitsFor: [] }, /^the text of the issue being corrected/],
    [{ slug: 'untrusted-author', until: 'person', waitsFor: [] }, /^a maintainer approves it/],
    [{ slug: 'protected-change', until: 'person', waitsFor: [] }, /exactly this change/],
    [{ slug: 'needs-information', until: 'person', waitsFor: [] }, /goes into the next attempt/],
    [{ slug: 'checks-exhausted', until: 'person', waitsFor: [] }, /^a comment by a maintainer/],
  ])('D6: %j says what un-parks it', (kind, text) => expect(unparksText(kind)).toMatch(text));
});

const attempt = (task: string, part: Partial<Attempt> = {}): Attempt => ({
  task,
  run: 'run_1',
  at: '2026-01-02T00:00:00.000Z',
  head: '',
  error: 'idle',
  why: 'a | b',
  ...part,
});

describe('a work log', () => {
  it('I1: is read back from the forge, by its own author only', () => {
    const attempts = [attempt('implement'), attempt('fix-checks', { head })];
    const comments = [keyed(1, 'Dev', workLogKey, renderWorkLog(attempts)), keyed(2, 'outsider', workLogKey, renderWorkLog([]))];
    expect(readWorkLog(comments, 'dev')).toEqual(attempts);
    expect(readWorkLog(comments, 'reviewer')).toEqual([]);
    expect(comments[0]?.body).toContain('a \\| b');
  });

  it('keeps the last thirty', () => {
    const attempts = Array.from({ length: 40 }, (_, at) => attempt('implement', { run: `run_${at}` }));
    expect(readWorkLog([keyed(1, 'dev', workLogKey, renderWorkLog(attempts))], 'dev').map((one) => one.run)).toEqual(attempts.slice(10).map((one) => one.run));
  });

  it.each([
    ['implement', '', '', 2],
    ['implement', '', '2026-01-02T00:00:00.000Z', 1],
    ['implement', head, '', 0],
    ['fix-checks', head, '', 1],
    ['review', '', '', 0],
  ])('D5: failures of %s on %j since %j: %d', (task, of, since, count) => {
    const attempts = [attempt('implement'), attempt('implement', { at: '2026-01-03T00:00:00.000Z' }), attempt('fix-checks', { head })];
    expect(failuresSince(attempts, task, of, since)).toBe(count);
  });
});

describe('a merge report', () => {
  const mergers = new Set(['merger']);
  const refused = { kind: 'refused' as const, head, why: 'not enough approvals', at: '2026-01-02T00:00:00.000Z' };
  const red = { kind: 'red-result' as const, head, base: 'b'.repeat(40), commit: asSha('c'.repeat(40)), contexts: ['ci/test'], at: '2026-01-02T00:00:00.000Z' };

  it.each([refused, red])('M3: $kind is read back for exactly that head, from a merger', (report) => {
    const comment = keyed(1, 'merger', mergeReportKey, renderMergeReport(report));
    expect(readMergeReport([comment], mergers, head)).toEqual(report);
    expect(readMergeReport([comment], mergers, asSha('d'.repeat(40)))).toBeNull();
    expect(readMergeReport([{ ...comment, author: 'outsider' }], mergers, head)).toBeNull();
  });

  it('says it to people too', () => {
    expect(renderMergeReport(refused)).toContain('not enough approvals');
    expect(renderMergeReport(red)).toMatch(/bbbbbbbbbb.*ci\/test/);
  });
});

it('a certificate is read back whole, and anything else is none', () => {
  const certificate: Certificate = {
    kind: 'disinto-merge-certificate',
    version: 1,
    policy: '1',
    repository: 'demo/app',
    pullRequest: 2,
    issue: null,
    head,
    base: head,
    branch: 'main',
    tree: head,
    tested: head,
    contexts: [{ context: 'ci/test', status: 4 }],
    ciAccount: 'ci',
    approval: { review: 1, by: 'reviewer', head },
    author: 'dev',
    run: 'run_1',
    at: '',
    warnings: [],
  };
  expect(parseCertificate(renderCertificate(certificate))).toEqual(certificate);
  for (const text of ['', '{}', 'null', renderCertificate({ ...certificate, version: 2 as 1 })]) expect(parseCertificate(text)).toBeNull();
});
