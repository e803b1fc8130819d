import type { ForgeAdmin, Hook, HookDraft } from '#forge/admin';
import { type HookWire, hook as hookSchema } from './schema.ts';
import type { Site } from './site.ts';

type Hooks = Pick<ForgeAdmin, 'listHooks' | 'createHook' | 'editHook' | 'deleteHook' | 'testHook'>;

export function createHooks(site: Site): Hooks {
  const createHook = async (repository: string, draft: HookDraft, more: Readonly<Record<string, unknown>> = {}): Promise<number> => {
    const { url, secret, events, branchFilter } = draft;
    const body = {
      type: (await site.isGitea()) ? 'gitea' : 'forgejo',
      config: { url, content_type: 'json', secret },
      events: [...events],
      active: true,
      ...more,
      ...(branchFilter === undefined ? {} : { branch_filter: branchFilter }),
    };
    return (await site.repository(repository).write('POST', 'hooks', body, hookSchema)).id;
  };
  const deleteHook: Hooks['deleteHook'] = (repository, id) => site.removeBelow(repository, `hooks/${id}`);
  return {
    createHook: (repository, draft) => createHook(repository, draft),
    deleteHook,
    listHooks: async (repository) => (await site.repository(repository).list('hooks', hookSchema, { counting: 'exact', idOf: (each) => each.id })).map(hookOf),
    editHook: async (repository, id, change) => {
      const before = await site.repository(repository).read(`hooks/${id}`, hookSchema);
      const { url, events } = hookOf(before);
      // What a change does not name falls back to a default, so all of it is sent again.
      const kept = { branch_filter: change.branchFilter ?? before.branch_filter, authorization_header: before.authorization_header };
      if (change.secret === undefined) {
        const body = { ...kept, config: { url: change.url ?? url, content_type: 'json' }, events: [...(change.events ?? events)], active: true };
        await site.repository(repository).write('PATCH', `hooks/${id}`, body, hookSchema);
        return id;
      }
      // The secret of a hook cannot be changed (the forge ignores it without a word) nor read.
      const made = await createHook(repository, { url, events, ...change, secret: change.secret }, kept);
      await deleteHook(repository, id);
      return made;
    },
    testHook: async (repository, id) => {
      await site.repository(repository).send('POST', `hooks/${id}/tests`, null);
    },
  };
}

const hookOf = ({ id, config, events, active, branch_filter: branchFilter }: HookWire): Hook => {
  const url = config?.['url'];
  return { id, url: typeof url === 'string' ? url : '', events: events.toSorted(), active, branchFilter };
};
