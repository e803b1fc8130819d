/** Who speaks: our own accounts, maintainers whose word counts, and everybody else. */
export interface People {
  /** One of the factory's own accounts (agents and CI). */
  isAgent(login: string): boolean;
  /** A person whose comment, label, review or approval counts. Never an agent. */
  isMaintainer(login: string): boolean;
}

/** Logins compare without case, as on the forge. `maintainers` and `agents` are complete lists. */
export function createPeople(lists: { readonly maintainers: readonly string[]; readonly agents: readonly string[] }): People {
  const agents = new Set(lists.agents.map((login) => login.toLowerCase()));
  const maintainers = new Set(lists.maintainers.map((login) => login.toLowerCase()));
  return {
    isAgent: (login) => agents.has(login.toLowerCase()),
    isMaintainer: (login) => maintainers.has(login.toLowerCase()) && !agents.has(login.toLowerCase()),
  };
}
