import type { Authorizer, Decision, UserRules } from '../types.ts';

/** Lets everyone do everything. */
export const alwaysAllow: Authorizer = {
  authorize: (): Decision => ({ decision: 'allow', reason: '' }),
  async rulesFor(): Promise<UserRules> {
    return {
      resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
      nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
      incomplete: false,
      errors: [],
    };
  },
};

/** Lets nobody do anything, unless another authorizer does. */
export const alwaysDeny: Authorizer = {
  authorize: (): Decision => ({ decision: 'no-opinion', reason: 'Everything is forbidden.' }),
  async rulesFor(): Promise<UserRules> {
    return { resourceRules: [], nonResourceRules: [], incomplete: false, errors: [] };
  },
};
