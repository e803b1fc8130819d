import type { InitStep } from '../context.ts';

/** People are not made: whoever is to be the maintainer has an account. */
export const maintainerStep = (login: string): InitStep => ({
  id: `maintainer/${login}`,
  title: `maintainer ${login}`,
  failure: 'fatal',
  timeoutSeconds: 30,
  check: async ({ admin, settings }) => {
    if (settings.accounts.some((account) => account.login.toLowerCase() === login.toLowerCase()))
      return {
        state: 'impossible',
        reason: `${login} is an account of the factory; a maintainer is a person`,
        byHand: ['name a person with --maintainer LOGIN', 'or another account with --logins AGENT=LOGIN'],
      };
    if ((await admin.findAccount(login)) !== null) {
      if ((await admin.isOrganisation(login)) !== true) return { state: 'present' };
      return { state: 'impossible', reason: `${login} is an organisation; a maintainer is a person`, byHand: ['name a person with --maintainer LOGIN'] };
    }
    return { state: 'impossible', reason: `there is no account ${login}`, byHand: [`register ${login} on the forge, or name another with --maintainer LOGIN`] };
  },
  apply: () => Promise.reject(new Error('accounts of people are never made')),
});
