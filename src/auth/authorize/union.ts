import { aggregate } from '../../../api/meta/text.ts';
import type { Authorizer, Decision, UserRules } from '../types.ts';

/** Members of `system:masters` may do everything, whatever RBAC says. */
export const superuserAuthorizer: Authorizer = {
  authorize: ({ user }): Decision =>
    user.groups.includes('system:masters') ? { decision: 'allow', reason: '' } : { decision: 'no-opinion', reason: '' },
  // What they may do without rules is not told as rules.
  async rulesFor(): Promise<UserRules> {
    return { resourceRules: [], nonResourceRules: [], incomplete: false, errors: [] };
  },
};

/** The first authorizer that allows or denies decides; the reasons of those without an opinion are joined. */
export function unionAuthorizer(authorizers: readonly Authorizer[]): Authorizer {
  return {
    authorize(attributes) {
      const reasons: string[] = [];
      const errors: string[] = [];
      const from = (start: number): Decision | Promise<Decision> => {
        for (let i = start; i < authorizers.length; i++) {
          const result = authorizers[i]!.authorize(attributes);
          if (result instanceof Promise) return result.then((decision) => settled(decision) ?? from(i + 1));
          const decision = settled(result);
          if (decision) return decision;
        }
        return { decision: 'no-opinion', reason: reasons.join('\n'), ...(errors.length > 0 ? { error: aggregate(errors) } : {}) };
      };
      const settled = (decision: Decision): Decision | undefined => {
        if (decision.decision !== 'no-opinion') return decision;
        if (decision.reason !== '') reasons.push(decision.reason);
        if (decision.error !== undefined) errors.push(decision.error);
        return undefined;
      };
      return from(0);
    },
    async rulesFor(user, namespace) {
      const all = await Promise.all(authorizers.map((authorizer) => authorizer.rulesFor(user, namespace)));
      return {
        resourceRules: all.flatMap((rules) => rules.resourceRules),
        nonResourceRules: all.flatMap((rules) => rules.nonResourceRules),
        incomplete: all.some((rules) => rules.incomplete),
        errors: all.flatMap(({ errors }) => errors),
      };
    },
  };
}
