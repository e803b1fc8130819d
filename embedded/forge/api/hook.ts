import { announceTest } from '../change/announce.ts';
import { flag, needText, record, text, texts, type Input } from '../fields.ts';
import { invalid, notFound } from '../refused.ts';
import { json, needCaller, needRepository, nothing, pagedList, param, route, type Call, type Route } from '../route.ts';
import { showHook } from '../shape/hook.ts';
import { findHook, insertHook, listHooks, type HookDraft, type HookRow } from '../store/hook.ts';
import { seconds } from '../world.ts';

function readHook(input: Input): HookDraft {
  const config = record(input, 'config') ?? {};
  const kind = needText(input, 'type');
  if (kind !== 'gitea' && kind !== 'forgejo') throw invalid(`Invalid hook type: ${kind}; this forge offers gitea and forgejo`);
  if (text(config, 'content_type') !== 'json') throw invalid('Invalid content type: this forge sends json');
  return {
    type: kind,
    url: needText(config, 'url'),
    secret: text(config, 'secret') ?? '',
    authorization: text(input, 'authorization_header') ?? '',
    branchFilter: text(input, 'branch_filter') ?? '',
    events: texts(input, 'events') ?? ['push'],
    active: flag(input, 'active') ?? false,
  };
}

const needHook = (call: Call): HookRow => {
  const repository = needRepository(call, 'admin');
  const hook = findHook(call.world, repository.id, Number(param(call, 'id')));
  if (hook === undefined) throw notFound();
  return hook;
};

export const hookRoutes: readonly Route[] = [
  route('repository', 'GET', '/repos/:owner/:repo/hooks', (call) => pagedList(call, listHooks(call.world, needRepository(call, 'admin').id), showHook)),
  route('repository', 'POST', '/repos/:owner/:repo/hooks', (call) =>
    json(201, showHook(insertHook(call.world, needRepository(call, 'admin').id, readHook(call.input)))),
  ),
  route('repository', 'GET', '/repos/:owner/:repo/hooks/:id', (call) => json(200, showHook(needHook(call)))),
  route('repository', 'PATCH', '/repos/:owner/:repo/hooks/:id', (call) => {
    const hook = needHook(call);
    const config = record(call.input, 'config') ?? {};
    // What is not named falls back to a default, and a secret is never changed: so the real forges do it.
    const events = texts(call.input, 'events') ?? ['push'];
    const active = flag(call.input, 'active');
    const url = text(config, 'url') ?? hook.url;
    if (!URL.canParse(url)) throw invalid(`Invalid url: ${url}`);
    call.world.database.run(
      'UPDATE hooks SET url = ?, events = ?, active = ?, branch_filter = ?, updated_at = ? WHERE id = ?',
      url,
      JSON.stringify(events),
      active === null ? hook.active : Number(active),
      text(call.input, 'branch_filter') ?? '',
      seconds(call.world),
      hook.id,
    );
    return json(200, showHook(needHook(call)));
  }),
  route('repository', 'POST', '/repos/:owner/:repo/hooks/:id/tests', async (call) => {
    const hook = needHook(call);
    await announceTest(call.world, needRepository(call, 'admin'), needCaller(call), hook);
    return nothing();
  }),
  route('repository', 'DELETE', '/repos/:owner/:repo/hooks/:id', (call) => {
    call.world.database.run('DELETE FROM hooks WHERE id = ?', needHook(call).id);
    return nothing();
  }),
];
