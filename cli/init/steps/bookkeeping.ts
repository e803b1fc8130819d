import type { Check } from '#pipeline';
import type { InitContext, InitStep } from '../context.ts';
import type { FactoryAccount } from '../settings.ts';
import { pusherOf } from './forbidden-push.ts';

const pathOf = (account: FactoryAccount): string => `evidence/setup/${account.login}.json`;

/** Proves that bookkeeping reaches the ops repo's protected branch (#758): the account pushes a first piece of evidence. */
export const bookkeepingStep = (repository: string, account: FactoryAccount): InitStep => ({
  id: `bookkeeping/${repository}/${account.login}`,
  title: `${account.login} keeps books in ${repository}`,
  failure: 'degradable',
  timeoutSeconds: 120,
  check: (context) => checkBooks(context, repository, account),
  apply: (context) => keepFirstBook(context, repository, account),
});

async function keepFirstBook(context: InitContext, repository: string, account: FactoryAccount): Promise<{ readonly note: string }> {
  const { admin, git, clock } = context;
  const branch = (await admin.findRepository(repository))?.defaultBranch ?? 'main';
  const pusher = pusherOf(context, account);
  const parent = await git.fetch(repository, branch, pusher);
  const at = clock.now();
  const evidence = { at: at.toISOString(), account: account.login, shows: 'bookkeeping is pushed directly' };
  const files = { [pathOf(account)]: `${JSON.stringify(evidence, null, 2)}\n` };
  const commit = await git.commit({ parent, message: `Show that ${account.login} can keep books`, files, at });
  const pushed = await git.push({ repository, refspecs: [`${commit}:refs/heads/${branch}`] }, pusher);
  if (pushed.end === 'pushed') return { note: 'tried, accepted' };
  throw new Error(
    `${repository} refused a push of ${pathOf(account)} by ${account.login}, so nothing that agents learn would reach it: add evidence/** and the other bookkeeping paths to the unprotected file patterns of ${branch}. ${pushed.words.slice(0, 300)}`,
  );
}

async function checkBooks({ admin }: InitContext, repository: string, account: FactoryAccount): Promise<Check> {
  const facts = await admin.findRepository(repository);
  const files = facts === null || facts.empty ? [] : ((await admin.listFiles(repository, facts.defaultBranch)) ?? []);
  return files.includes(pathOf(account))
    ? { state: 'present' }
    : { state: 'absent', actions: [`push ${pathOf(account)} to ${repository} as ${account.login}, which must be accepted`] };
}
