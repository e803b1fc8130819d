import { startGitea } from '../../setup/gitea.ts';
import { protectionOf } from './embedded-site.ts';
import type { Files } from './make-repository.ts';
import type { StartedSite } from './recorded-world.ts';
import { type Account, accounts } from './world.ts';

/** What an agent's token may do, and no more. */
const scopes = ['write:repository', 'write:issue', 'read:user'];

/** A real forge with the contract's accounts, set up by nothing but REST. */
export async function startGiteaSite(): Promise<StartedSite> {
  const forge = await startGitea();
  const made = await Promise.all(accounts.map((login) => forge.createAccount(login)));
  const tokens = Object.fromEntries(await Promise.all(made.map(async (each) => [each.login, await each.token(scopes)]))) as Record<Account, string>;
  const owner = (await made.find((each) => each.login === 'maintainer')?.token()) ?? '';
  const must = async (method: string, path: string, body?: unknown): Promise<void> => {
    const answer = await forge.ask(method, path, body, owner);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
  };
  return {
    name: `the real forge, version ${forge.version}`,
    site: {
      direct: forge.url,
      tokens,
      admin: forge.admin,
      createRepository: async (name, files) => {
        const path = `repos/maintainer/${name}`;
        await must('POST', 'user/repos', { name, default_branch: 'main' });
        const grant = (login: Account, permission: 'read' | 'write'): Promise<void> => must('PUT', `${path}/collaborators/${login}`, { permission });
        await Promise.all([...(['dev', 'reviewer', 'merger', 'ci'] as const).map((login) => grant(login, 'write')), grant('reader', 'read')]);
        await must('POST', `${path}/contents`, firstCommit(files));
        return 'filled';
      },
      protect: async (name, rule) => {
        const path = `repos/maintainer/${name}/branch_protections`;
        await forge.ask('DELETE', `${path}/main`, undefined, owner);
        await must('POST', path, { rule_name: 'main', ...protectionOf(rule) });
      },
    },
    close: forge.close,
  };
}

const firstCommit = (files: Files): object => ({
  branch: 'main',
  message: 'Begin',
  files: Object.entries(files).map(([path, text]) => ({ operation: 'create', path, content: Buffer.from(text).toString('base64') })),
});
