import { afterAll, describe, expect, it } from 'vitest';
import { fakeSessions } from './live/fake-sessions.ts';
import { loadPlaybook } from './playbook.ts';
import { ModelServerError } from './context.ts';
import { startModelServer } from './server.ts';

const sessions = fakeSessions();
let ids = 0;
const options = {
  playbook: loadPlaybook(
    `
- when: { agent: dev, task: implement, issue: "Once" }
  answer: { status: done, summary: once }
- when: { issue: "Once" }
  answer: { status: done, summary: later }
- when: { issue: "Steps" }
  do: [{ say: "a" }, { run: "one" }, { write: { path: "/abs/x", content: "y" } }]
  answer: "end"
- when: { issue: "Hang" }
  do: [{ fault: hang }]
- when: { issue: "Malformed" }
  do: [{ fault: malformed }]
- when: { issue: "Limited" }
  do: [{ fault: http-429 }]
`,
    'playbook.yaml',
  ),
  sessions,
  chance: { id: (kind: string) => `${kind}_${(ids += 1)}` },
  host: '127.0.0.1',
};
const server = await startModelServer({ ...options, port: 0 });
afterAll(() => server.close());

const tools = [
  { name: 'bash', input_schema: { properties: { command: {} } } },
  { name: 'write', input_schema: { properties: { path: {}, content: {} } } },
];
const ask = (key: string, body: object): Promise<Response> =>
  fetch(`${server.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': key },
    body: JSON.stringify({ model: 'm', tools, messages: [{ role: 'user', content: 'go' }], ...body }),
  });
const textOf = async (response: Response): Promise<string> => {
  const body = (await response.json()) as { content: { text?: string }[] };
  return body.content.map((block) => block.text ?? '').join('');
};

describe('the scripted model', () => {
  it('refuses a key that belongs to no running session', async () => {
    expect((await ask('nobody', {})).status).toBe(401);
    const bearer = await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', headers: { authorization: 'Bearer nobody' }, body: '{}' });
    expect(bearer.status).toBe(401);
  });

  it('gives a session its entry on the first request and keeps it', async () => {
    sessions.add('once-1', { id: 'once-1', title: 'Once' });
    sessions.add('once-2', { id: 'once-2', title: 'Once' });
    sessions.add('once-3', { id: 'once-3', title: 'Once' });
    for (const again of [1, 2]) expect(await textOf(await ask('once-1', { again }))).toContain('once');
    expect(await textOf(await ask('once-2', {}))).toContain('later');
    const none = JSON.parse(await textOf(await ask('once-3', {}))) as { status: string; summary: string };
    expect(none.status).toBe('needs_information');
    expect(none.summary).toContain('issue "Once"');
  });

  it('approves a review that no entry fits', async () => {
    sessions.add('review', { id: 'review', agent: 'reviewer', task: 'review', title: 'Unknown' });
    expect(JSON.parse(await textOf(await ask('review', {})))).toMatchObject({ verdict: 'approve' });
  });

  it('counts its step from the conversation, so that a repeated request gets the same reply', async () => {
    sessions.add('steps', { id: 'steps', title: 'Steps' });
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x', content: '' }] };
    const reminder = { role: 'user', content: [{ type: 'text', text: '<system-reminder>be kind</system-reminder>' }] };
    const go = { role: 'user', content: 'go' };
    const called = async (messages: object[]) =>
      ((await (await ask('steps', { messages })).json()) as { content: { text?: string; input?: object }[] }).content.map((b) => b.text ?? b.input);
    for (const _ of [1, 2]) expect(await called([reminder, go])).toEqual(['a', { command: 'one' }]);
    for (const _ of [1, 2]) expect(await called([go, reminder, result])).toEqual([{ path: '/abs/x', content: 'y' }]);
    expect(await called([go, result, result, reminder])).toEqual(['end']);
    expect(await called([go, result, result, go])).toEqual(['end']);
  });

  it('answers a request without tools shortly, and uses up no step by it', async () => {
    sessions.add('title', { id: 'title', title: 'Steps' });
    expect(await textOf(await ask('title', { tools: [] }))).toBe('Scripted session');
  });

  it('charges a quarter of the characters', async () => {
    sessions.add('usage', { id: 'usage', title: 'Unknown' });
    const small = (await (await ask('usage', {})).json()) as { usage: { input_tokens: number; output_tokens: number } };
    const large = (await (await ask('usage', { system: 'x'.repeat(4000) })).json()) as typeof small;
    expect(large.usage.input_tokens - small.usage.input_tokens).toBeGreaterThanOrEqual(1000);
    expect(small.usage.output_tokens).toBeGreaterThan(10);
  });

  it('faults without streaming too', async () => {
    for (const title of ['Hang', 'Malformed', 'Limited']) sessions.add(title, { id: title, title });
    const limited = await ask('Limited', {});
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
    await expect((await ask('Malformed', {})).json()).rejects.toThrow(SyntaxError);
    const stop = new AbortController();
    const hanging = await fetch(`${server.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': 'Hang' },
      body: JSON.stringify({ model: 'm', tools, messages: [] }),
      signal: stop.signal,
    });
    expect(hanging.status).toBe(200);
    stop.abort();
  });

  it('says what is wrong with a request it cannot read, and with a port it cannot have', async () => {
    sessions.add('bad', { id: 'bad' });
    expect((await ask('bad', { messages: 'none' })).status).toBe(400);
    expect((await fetch(`${server.url}/v1/nothing`)).status).toBe(404);
    expect((await fetch(`${server.url}/v1/models`)).status).toBe(200);
    expect((await fetch(`${server.url}/api/hello`, { method: 'HEAD' })).status).toBe(200);
    await expect(startModelServer({ ...options, port: Number(new URL(server.url).port) })).rejects.toThrow(ModelServerError);
  });
});
