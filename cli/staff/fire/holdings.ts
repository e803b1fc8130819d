import type { Ledger } from '#ledger';
import type { ProjectConfig } from '#config';
import type { StaffContext } from '../hand.ts';

/** What the agent has in hand, one line each. Its claims end with their leases, and another agent of its role goes on with what it began. */
export async function holdingsOf(name: string, login: string, projects: readonly ProjectConfig[], hand: StaffContext): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { repository } of projects) {
    const facts = await hand.admin.findRepository(repository);
    if (facts === null || facts.empty) continue;
    const forge = hand.forge(repository);
    const open = await forge.changes(null);
    const isOf = (person: string): boolean => person.toLowerCase() === login.toLowerCase();
    const issues = open.filter(({ kind, issue }) => kind === 'issue' && issue.assignees.some(isOf)).map(({ number }) => `issue #${number}`);
    const pulls = (await forge.listOpenPullRequests()).filter(({ author }) => isOf(author)).map(({ number }) => `pull request #${number}`);
    if (issues.length + pulls.length > 0) lines.push(`${repository}: ${[...issues, ...pulls].join(', ')}`);
  }
  return [...lines, ...runningNow(name, hand.ledger)];
}

function runningNow(name: string, ledger: Ledger | null): readonly string[] {
  const runs = ledger?.runs.running().filter(({ agent }) => agent === name) ?? [];
  return runs.map(
    ({ id, project, subject }) =>
      `a run on ${project}${subject === null ? '' : ` (${subject})`}: ${id}; it ends when the forge refuses it, or stop its process`,
  );
}
