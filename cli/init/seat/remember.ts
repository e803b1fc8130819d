import type { ForgeAdmin } from '#forge/admin';

const reads = [
  'me',
  'findAccount',
  'acceptsPassword',
  'tokenOwner',
  'hasScope',
  'isOrganisation',
  'gitAccepts',
  'findRepository',
  'listCollaborators',
  'listLabels',
  'listProtections',
  'inspectProtections',
  'protectionInEffect',
  'listHooks',
  'hasBranch',
  'listFiles',
] as const satisfies readonly (keyof ForgeAdmin)[];

const writes = [
  'createAccount',
  'setPassword',
  'deleteAccount',
  'createToken',
  'deleteToken',
  'createRepository',
  'deleteRepository',
  'setCollaborator',
  'removeCollaborator',
  'createLabel',
  'deleteLabel',
  'createProtection',
  'editProtection',
  'deleteProtection',
  'createHook',
  'editHook',
  'deleteHook',
  'createFiles',
] as const satisfies readonly (keyof ForgeAdmin)[];

/** The administration, with answers remembered until something is written: steps look at the same things one after the other. */
export function remember(admin: ForgeAdmin): { readonly admin: ForgeAdmin; forget(): void } {
  const known = new Map<string, Promise<unknown>>();
  type Verb = (...args: readonly unknown[]) => Promise<unknown>;
  const verb = (name: keyof ForgeAdmin): Verb => admin[name] as Verb;
  const reading = reads.map((name): [string, Verb] => [
    name,
    (...args) => {
      const key = JSON.stringify([name, ...args]);
      const answer = known.get(key) ?? verb(name)(...args);
      known.set(key, answer);
      // A failure is no answer.
      answer.catch(() => known.delete(key));
      return answer;
    },
  ]);
  const writing = writes.map((name): [string, Verb] => [
    name,
    async (...args) => {
      try {
        return await verb(name)(...args);
      } finally {
        known.clear();
      }
    },
  ]);
  return { admin: { ...admin, ...(Object.fromEntries([...reading, ...writing]) as Partial<ForgeAdmin>) }, forget: () => known.clear() };
}
