import { nameIsDnsLabel, nameIsDnsSubdomain } from '../../meta/names.ts';
import { declareFunction, type FunctionDeclaration } from '../check/declarations.ts';
import { structType } from '../check/types.ts';
import { CelError } from '../runtime/errors.ts';
import { OpaqueValue, type Value } from '../runtime/values.ts';

export const authorizerType = structType('kubernetes.authorization.Authorizer');
const pathCheckType = structType('kubernetes.authorization.PathCheck');
const groupCheckType = structType('kubernetes.authorization.GroupCheck');
export const resourceCheckType = structType('kubernetes.authorization.ResourceCheck');
const decisionType = structType('kubernetes.authorization.Decision');

/** What is asked: a path, or a resource with its group and the rest. */
export interface AuthorizationQuestion {
  readonly verb: string;
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** Instead of the request's user. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

export interface AuthorizationDecision {
  readonly allowed: boolean;
  readonly reason: string;
  readonly error?: string;
}

/** Answers for the user of the request that is being judged. */
export type Authorize = (question: AuthorizationQuestion) => AuthorizationDecision;

abstract class Identity extends OpaqueValue {
  equals(other: Value): boolean {
    return this === other;
  }
}

export class AuthorizerValue extends Identity {
  readonly type = authorizerType;
  readonly authorize: Authorize;
  readonly serviceAccount: { readonly namespace: string; readonly name: string } | undefined;

  constructor(authorize: Authorize, serviceAccount?: { readonly namespace: string; readonly name: string }) {
    super();
    this.authorize = authorize;
    this.serviceAccount = serviceAccount;
  }
}

class PathCheck extends Identity {
  readonly type = pathCheckType;
  readonly authorizer: AuthorizerValue;
  readonly path: string;

  constructor(authorizer: AuthorizerValue, path: string) {
    super();
    this.authorizer = authorizer;
    this.path = path;
  }
}

class GroupCheck extends Identity {
  readonly type = groupCheckType;
  readonly authorizer: AuthorizerValue;
  readonly group: string;

  constructor(authorizer: AuthorizerValue, group: string) {
    super();
    this.authorizer = authorizer;
    this.group = group;
  }
}

export class ResourceCheck extends Identity {
  readonly type = resourceCheckType;
  readonly authorizer: AuthorizerValue;
  readonly question: Omit<AuthorizationQuestion, 'verb'>;

  constructor(authorizer: AuthorizerValue, question: Omit<AuthorizationQuestion, 'verb'>) {
    super();
    this.authorizer = authorizer;
    this.question = question;
  }

  with(more: Partial<AuthorizationQuestion>): ResourceCheck {
    return new ResourceCheck(this.authorizer, { ...this.question, ...more });
  }
}

class Decision extends Identity {
  readonly type = decisionType;
  readonly decision: AuthorizationDecision;

  constructor(decision: AuthorizationDecision) {
    super();
    this.decision = decision;
  }
}

/** authorizer.group('apps').resource('deployments').check('create').allowed() and its like. */
export function authorizerLibrary(): FunctionDeclaration[] {
  const options = {
    names: { authorizer: authorizerType, path: pathCheckType, group: groupCheckType, resource: resourceCheckType, decision: decisionType },
  };
  const refine = (name: string, id: string, field: keyof AuthorizationQuestion) =>
    declareFunction(
      name,
      { [id]: ['resource.(string): resource', (check: ResourceCheck, value: string) => check.with({ [field]: value })] },
      options,
    );
  const tell = (name: string, type: 'bool' | 'string', read: (decision: AuthorizationDecision) => Value) =>
    declareFunction(name, { [`decision_${name}`]: [`decision.(): ${type}`, ({ decision }: Decision) => read(decision)] }, options);
  return [
    declareFunction(
      'path',
      {
        authorizer_path: [
          'authorizer.(string): path',
          (authorizer: AuthorizerValue, path: string) => {
            if (path.trim() === '') throw new CelError('path must not be empty');
            return new PathCheck(authorizer, path);
          },
        ],
      },
      options,
    ),
    declareFunction(
      'group',
      {
        authorizer_group: ['authorizer.(string): group', (authorizer: AuthorizerValue, group: string) => new GroupCheck(authorizer, group)],
      },
      options,
    ),
    declareFunction(
      'serviceAccount',
      { authorizer_serviceaccount: ['authorizer.(string, string): authorizer', asServiceAccount] },
      options,
    ),
    declareFunction(
      'resource',
      {
        groupcheck_resource: [
          'group.(string): resource',
          ({ authorizer, group }: GroupCheck, resource: string) => {
            if (resource.trim() === '') throw new CelError('resource must not be empty');
            return new ResourceCheck(authorizer, { group, resource });
          },
        ],
      },
      options,
    ),
    refine('subresource', 'resourcecheck_subresource', 'subresource'),
    refine('namespace', 'resourcecheck_namespace', 'namespace'),
    refine('name', 'resourcecheck_name', 'name'),
    refine('fieldSelector', 'authorizer_fieldselector', 'fieldSelector'),
    refine('labelSelector', 'authorizer_labelselector', 'labelSelector'),
    declareFunction(
      'check',
      {
        pathcheck_check: ['path.(string): decision', ({ authorizer, path }: PathCheck, verb: string) => decide(authorizer, { path, verb })],
        resourcecheck_check: [
          'resource.(string): decision',
          ({ authorizer, question }: ResourceCheck, verb: string) => decide(authorizer, { ...question, verb }),
        ],
      },
      options,
    ),
    tell('errored', 'bool', ({ error }) => error !== undefined),
    tell('error', 'string', ({ error = '' }) => error),
    tell('allowed', 'bool', ({ allowed }) => allowed),
    tell('reason', 'string', ({ reason }) => reason),
  ];
}

function decide({ authorize, serviceAccount }: AuthorizerValue, question: AuthorizationQuestion): Decision {
  return new Decision(authorize(serviceAccount ? { ...question, serviceAccount } : question));
}

function asServiceAccount({ authorize }: AuthorizerValue, namespace: string, name: string): AuthorizerValue {
  if (nameIsDnsSubdomain(name, false).length > 0) throw new CelError('Invalid service account name');
  if (nameIsDnsLabel(namespace, false).length > 0) throw new CelError('Invalid service account namespace');
  return new AuthorizerValue(authorize, { namespace, name });
}
