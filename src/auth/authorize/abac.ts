import type { ObjectSchema } from '../../../openapi/schema.ts';
import { wrongKind } from '../../machinery/expected-kind.ts';
import { explain } from '../../machinery/schema/explain.ts';
import { boolean, object, string, typeMeta } from '../../machinery/schema/shapes.ts';
import { parseTyped } from '../../machinery/typed-object.ts';
import type { AccessAttributes, Authorizer, Decision, UserInfo, UserRules } from '../types.ts';

const group = 'abac.authorization.kubernetes.io';
const kind = 'Policy';
const everyone = 'system:authenticated';
const readOnlyVerbs = ['get', 'list', 'watch'];

/** What a line of the policy file allows to whom. */
interface Policy {
  readonly user: string;
  readonly group: string;
  readonly readonly: boolean;
  readonly apiGroup: string;
  readonly resource: string;
  readonly namespace: string;
  readonly nonResourcePath: string;
}

const spec = object('PolicySpec', {
  user: string,
  group: string,
  readonly: boolean,
  apiGroup: string,
  resource: string,
  namespace: string,
  nonResourcePath: string,
});
const shape = object('Policy', { ...typeMeta, spec });
/** The lines of the first version, which have no `apiVersion`. */
const oldShape = object('Policy', { ...typeMeta, user: string, group: string, readonly: boolean, resource: string, namespace: string });

/**
 * Reads the lines of a policy file, one JSON object each; comments and empty lines are skipped.
 * @throws Error in kube-apiserver's words
 */
export function readPolicies(text: string, file: string): Policy[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '' || line.trim().startsWith('#')) return [];
    try {
      return [policyOf(parseTyped(line))];
    } catch (error) {
      throw new Error(`error reading policy file ${file}, line ${i + 1}: ${line}: ${(error as Error).message}`);
    }
  });
}

function policyOf(line: any): Policy {
  const { apiVersion = '' } = line;
  const isOld = apiVersion === '' || apiVersion === `${group}/v0`;
  const wrong = wrongKind(isOld ? { ...line, apiVersion: '' } : line, 'v1beta1', { group, kind, versions: [] });
  if (wrong) throw new Error(wrong);
  return isOld ? oldPolicy(checked(line, oldShape)) : newPolicy(checked(line, shape).spec ?? {});
}

function checked(line: unknown, of: ObjectSchema): any {
  const problem = explain(line, of);
  if (problem !== undefined) throw new Error(problem);
  return line;
}

const nothing = { user: '', group: '', readonly: false, apiGroup: '', resource: '', namespace: '', nonResourcePath: '' };

// Whoever is let in by a star has to be somebody.
function newPolicy(given: Partial<Policy>): Policy {
  const isOpen = given.user === '*' || given.group === '*';
  return { ...nothing, ...given, ...(isOpen ? { user: '', group: everyone } : {}) };
}

// What an old line leaves out is allowed whatever it is.
function oldPolicy({ user = '', group: of = '', readonly = false, resource = '', namespace = '' }: Partial<Policy>): Policy {
  const isOpen = user === '*' || of === '*' || (user === '' && of === '');
  return {
    ...(isOpen ? { user: '', group: everyone } : { user, group: of }),
    readonly,
    apiGroup: '*',
    resource: resource || '*',
    namespace: namespace || '*',
    nonResourcePath: resource === '' && namespace === '' ? '*' : '',
  };
}

/** Allows what one of the policies of a file allows. */
export class AbacAuthorizer implements Authorizer {
  private readonly policies: readonly Policy[];

  constructor(policies: readonly Policy[]) {
    this.policies = policies;
  }

  authorize(attributes: AccessAttributes): Decision {
    return this.policies.some((policy) => allows(policy, attributes))
      ? { decision: 'allow', reason: '' }
      : { decision: 'no-opinion', reason: 'No policy matched.' };
  }

  async rulesFor(user: UserInfo, namespace: string): Promise<UserRules> {
    const own = this.policies.filter((policy) => isAbout(policy, user) && ['*', namespace].includes(policy.namespace));
    const verbs = ({ readonly }: Policy): string[] => (readonly ? [...readOnlyVerbs] : ['*']);
    return {
      resourceRules: own
        .filter(({ resource }) => resource !== '')
        .map((policy) => ({ verbs: verbs(policy), apiGroups: [policy.apiGroup], resources: [policy.resource] })),
      nonResourceRules: own
        .filter(({ nonResourcePath }) => nonResourcePath !== '')
        .map((policy) => ({ verbs: verbs(policy), nonResourceURLs: [policy.nonResourcePath] })),
      incomplete: false,
      errors: [],
    };
  }
}

function allows(policy: Policy, { user, verb, resourceRequest, path, namespace, resource, group: apiGroup }: AccessAttributes): boolean {
  if (policy.readonly && !readOnlyVerbs.includes(verb)) return false;
  if (!isAbout(policy, user)) return false;
  if (!resourceRequest) return covers(policy.nonResourcePath, path);
  const is = (allowed: string, asked: string) => allowed === '*' || allowed === asked;
  return is(policy.namespace, namespace) && is(policy.resource, resource) && is(policy.apiGroup, apiGroup);
}

function isAbout({ user, group: of }: Policy, { username, groups }: UserInfo): boolean {
  return (user !== '' || of !== '') && (user === '' || user === username) && (of === '' || groups.includes(of));
}

function covers(pattern: string, path: string): boolean {
  return pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));
}
