import type { Config } from '#config';
import type { EmbeddedForge } from '../../embedded/forge/server.ts';
import { people } from './seed.ts';

/**
 * Protects the branch as a real project's should be: nobody pushes but the maintainer, only the merger merges, and only with
 * an approval by the reviewer. Which checks a change needs depends on the paths it touches, so the forge cannot know them;
 * the merger's certificate enforces them.
 */
export function protect(server: EmbeddedForge, repository: string, branch: string, config: Config): void {
  const ofRole = (role: string): string[] =>
    Object.values(config.agents)
      .filter((agent) => agent.role === role)
      .map((agent) => agent.identity);
  server.seed.setProtection(repository, branch, {
    enable_push: true,
    enable_push_whitelist: true,
    push_whitelist_usernames: [people.maintainer],
    enable_merge_whitelist: true,
    merge_whitelist_usernames: [...ofRole('merger'), people.maintainer],
    required_approvals: 1,
    enable_approvals_whitelist: true,
    approvals_whitelist_username: [...ofRole('reviewer'), people.maintainer],
    dismiss_stale_approvals: true,
  });
}
