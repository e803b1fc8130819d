import { createHmac } from 'node:crypto';
import { type IncomingHttpHeaders, type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Contract, eventually } from '../part.ts';
import type { TestRepository } from '../world.ts';
import { openPull } from './measured.ts';

interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const secret = 'a secret of this case';
const events = ['push', 'issues', 'issue_label', 'issue_comment', 'pull_request', 'pull_request_review', 'pull_request_sync', 'status'];

/** What was measured on real forges about webhooks. */
export function measuredHookContract({ make }: Contract): void {
  describe('as measured, webhooks', () => {
    const deliveries: Delivery[] = [];
    const receiver = createServer(async (request, response) => {
      deliveries.push({ headers: request.headers, body: await bodyOf(request) });
      response.end();
    });
    let repository: TestRepository;
    const types = (): readonly string[] => deliveries.map((each) => String(each.headers['x-gitea-event-type']));
    const arrives = async (type: string): Promise<void> => {
      await expect.poll(types, { ...eventually, message: `no delivery of ${type}` }).toContain(type);
    };

    beforeAll(async () => {
      await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
      repository = await make();
    });
    afterAll(() => {
      receiver.closeAllConnections();
      receiver.close();
    });

    it('are made with 201 for every event that we listen to, and never tell their secret', async () => {
      const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
      const config = { url, content_type: 'json', secret };
      const made = await repository.raw('maintainer', 'POST', 'hooks', { type: 'gitea', active: true, config, events });
      expect([made.status, made.body.includes(secret)]).toEqual([201, false]);
    });

    it('are delivered for an issue, its label and a comment, each with its finer type', async () => {
      await repository.raw('dev', 'POST', 'labels', { name: 'backlog', color: '#0075ca' });
      await repository.raw('dev', 'POST', 'issues', { title: 'Heard' });
      await repository.raw('dev', 'POST', 'issues/1/labels', { labels: ['backlog'] });
      await repository.raw('dev', 'POST', 'issues/1/comments', { body: 'Hm.' });
      for (const type of ['issues', 'issue_label', 'issue_comment']) await arrives(type);
      const label = deliveries.find((each) => each.headers['x-gitea-event-type'] === 'issue_label');
      expect(label?.headers['x-gitea-event']).toBe('issues');
    });

    it('are delivered for a push, a pull request, its next push, a review and a status', async () => {
      const head = await openPull(repository);
      await repository.raw('reviewer', 'POST', 'pulls/2/reviews', { event: 'COMMENT', body: 'Hm.', commit_id: head });
      await repository.raw('ci', 'POST', `statuses/${head}`, { context: 'ci/test', state: 'success' });
      await repository.push('dev', 'fix/issue-1', { 'b.txt': 'b' });
      for (const type of ['push', 'pull_request', 'pull_request_review_comment', 'status', 'pull_request_sync']) await arrives(type);
    });

    it('carry an id of their own and the signature of their body under two names', () => {
      expect(new Set(deliveries.map((each) => each.headers['x-gitea-delivery'])).size).toBe(deliveries.length);
      for (const { headers, body } of deliveries) {
        const digest = createHmac('sha256', secret).update(body).digest('hex');
        expect([headers['x-gitea-signature'], headers['x-hub-signature-256']]).toEqual([digest, `sha256=${digest}`]);
        expect(JSON.parse(body)).toMatchObject({ repository: { full_name: repository.name } });
      }
    });
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
