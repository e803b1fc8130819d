import type { ProtectionRule } from '#forge/admin';

/** A rule that asks for nothing. */
export const open: ProtectionRule = {
  name: 'main',
  push: 'writers',
  merge: 'writers',
  approvals: { required: 0, by: 'writers' },
  dismissStaleApprovals: false,
  blockOnRejectedReviews: false,
  requiredContexts: null,
  protectedFiles: [],
  unprotectedFiles: [],
};
