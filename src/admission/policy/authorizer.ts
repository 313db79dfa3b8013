import type { AuthorizationDecision, AuthorizationQuestion, Authorize } from '../../../api/cel/library/authorizer.ts';
import { parseFieldSelector } from '../../../api/meta/field-selector.ts';
import type { AccessAttributes, Authorizer, Decision, UserInfo } from '../../auth/types.ts';

/** Thrown by an expression's question to an authorizer that has to wait for its answer. */
class Waiting {
  readonly answer: Promise<void>;

  constructor(answer: Promise<void>) {
    this.answer = answer;
  }
}

/** Answers expressions' questions for one request; a question that was asked before gets the same answer. */
export class ExpressionAuthorizer {
  private readonly authorizer: Authorizer;
  private readonly user: UserInfo;
  private readonly decisions = new Map<string, AuthorizationDecision>();

  constructor(authorizer: Authorizer, user: UserInfo) {
    this.authorizer = authorizer;
    this.user = user;
  }

  readonly authorize: Authorize = (question) => {
    const key = JSON.stringify(question);
    const known = this.decisions.get(key);
    if (known) return known;
    const decision = this.ask(question);
    if (!(decision instanceof Promise)) return this.keep(key, decision);
    throw new Waiting(
      decision.then(
        (answer) => void this.keep(key, answer),
        (error: Error) => void this.decisions.set(key, { allowed: false, reason: '', error: error.message }),
      ),
    );
  };

  /** Runs an evaluation, once more for each answer that it had to wait for: expressions themselves cannot wait. */
  async whenAnswered<T>(evaluate: () => T): Promise<T> {
    for (;;) {
      try {
        return evaluate();
      } catch (error) {
        if (!(error instanceof Waiting)) throw error;
        await error.answer;
      }
    }
  }

  private keep(key: string, { decision, reason }: Decision): AuthorizationDecision {
    const kept = { allowed: decision === 'allow', reason };
    this.decisions.set(key, kept);
    return kept;
  }

  private ask(question: AuthorizationQuestion): Decision | Promise<Decision> {
    const { verb, path, group = '', resource = '', subresource = '', namespace = '', name = '' } = question;
    const user = question.serviceAccount ? serviceAccountUser(question.serviceAccount) : this.user;
    const attributes: AccessAttributes = {
      user,
      verb,
      resourceRequest: path === undefined,
      path: path ?? '',
      group,
      version: path === undefined ? '*' : '',
      resource,
      subresource,
      namespace,
      name,
      ...fieldSelectorOf(question),
    };
    return this.authorizer.authorize(attributes);
  }
}

function fieldSelectorOf({ fieldSelector }: AuthorizationQuestion): Pick<AccessAttributes, 'fieldSelector'> {
  if (!fieldSelector) return {};
  try {
    return { fieldSelector: parseFieldSelector(fieldSelector).requirements };
  } catch {
    // A selector that cannot be read limits nothing, as for a request's own.
    return {};
  }
}

function serviceAccountUser({ namespace, name }: { namespace: string; name: string }): UserInfo {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}
