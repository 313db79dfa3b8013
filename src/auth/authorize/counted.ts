import { type Counter, CounterVector } from '../../machinery/metrics.ts';
import type { Authorizer, Decision } from '../types.ts';

/** How often each authorizer has decided. */
export class AuthorizationDecisions {
  readonly total = new CounterVector({
    name: 'apiserver_authorization_decisions_total',
    help: '[ALPHA] Total number of terminal decisions made by an authorizer split by authorizer type, name, and decision.',
    labels: ['decision', 'name', 'type'],
  });

  /** The same authorizer, whose decisions are counted. */
  counted(type: string, name: string, authorizer: Authorizer): Authorizer {
    const counters: Partial<Record<Decision['decision'], Counter>> = {};
    const words = { allow: 'allowed', deny: 'denied' } as const;
    const count = (decision: Decision): Decision => {
      const { decision: made } = decision;
      if (made !== 'no-opinion') (counters[made] ??= this.total.with(words[made], name, type)).value++;
      return decision;
    };
    return {
      authorize(attributes) {
        const decision = authorizer.authorize(attributes);
        return decision instanceof Promise ? decision.then(count) : count(decision);
      },
      rulesFor: (user, namespace) => authorizer.rulesFor(user, namespace),
    };
  }
}
