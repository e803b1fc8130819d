/** Remembers the newest ids, at most `limit` of them. */
export function createSeen(limit: number): { /** False when the id is known already. */ add(id: string): boolean } {
  const ids = new Set<string>();
  return {
    add(id) {
      if (ids.has(id)) return false;
      ids.add(id);
      const oldest = ids.size > limit ? ids.values().next().value : undefined;
      if (oldest !== undefined) ids.delete(oldest);
      return true;
    },
  };
}
