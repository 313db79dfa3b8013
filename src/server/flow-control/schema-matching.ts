import type { KubeObject } from '../../../api/meta/object.ts';
import type { UserInfo } from '../../auth/types.ts';
import type { RequestInfo } from '../context.ts';
import type { FlowStats } from './flow-stats.ts';
import type { PriorityLevel } from './priority-level.ts';

interface Rule {
  readonly subjects?: readonly any[];
  readonly resourceRules?: readonly any[];
  readonly nonResourceRules?: readonly any[];
}

/** A FlowSchema whose priority level is there. */
export interface FlowSchemaInForce {
  readonly name: string;
  readonly uid: string;
  readonly level: PriorityLevel;
  readonly distinguisher: 'ByUser' | 'ByNamespace' | undefined;
  readonly rules: readonly Rule[];
  readonly stats: FlowStats;
}

interface Candidate {
  readonly schema: FlowSchemaInForce;
  /** Those of its rules that are about the user. */
  readonly rules: readonly Rule[];
}

/** FlowSchemas in the order in which they are asked: by matchingPrecedence, then by name. */
export function inMatchingOrder(schemas: Iterable<KubeObject>): KubeObject[] {
  const precedence = (schema: KubeObject): number => schema['spec']?.matchingPrecedence ?? 1000;
  return [...schemas].sort((a, b) => precedence(a) - precedence(b) || (a.metadata!.name! < b.metadata!.name! ? -1 : 1));
}

/** Finds the first FlowSchema that covers a request. Which of them are about a user is worked out once for each user at hand. */
export class SchemaMatcher {
  private readonly schemas: readonly FlowSchemaInForce[];
  private readonly byUser = new WeakMap<UserInfo, readonly Candidate[]>();

  /** @param schemas in matching order; the last one takes what no other does */
  constructor(schemas: readonly FlowSchemaInForce[]) {
    this.schemas = schemas;
  }

  find(info: RequestInfo, user: UserInfo): FlowSchemaInForce {
    let candidates = this.byUser.get(user);
    if (!candidates) this.byUser.set(user, (candidates = this.about(user)));
    for (const { schema, rules } of candidates) for (const rule of rules) if (coversRequest(rule, info)) return schema;
    return this.schemas.at(-1)!;
  }

  private about(user: UserInfo): Candidate[] {
    return this.schemas.flatMap((schema) => {
      const rules = schema.rules.filter(({ subjects }) => subjects?.some((subject) => isSubject(subject, user)));
      return rules.length > 0 ? [{ schema, rules }] : [];
    });
  }
}

function isSubject(subject: any, { username, groups }: UserInfo): boolean {
  if (subject.kind === 'User') return subject.user.name === '*' || subject.user.name === username;
  if (subject.kind === 'Group') return subject.group.name === '*' || groups.includes(subject.group.name);
  const { namespace, name } = subject.serviceAccount;
  const prefix = `system:serviceaccount:${namespace}:`;
  return name === '*' ? username.startsWith(prefix) : username === prefix + name;
}

/** The star stands for all only where it is alone. */
const has = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && ((list.length === 1 && list[0] === '*') || list.includes(value));

function coversRequest({ resourceRules, nonResourceRules }: Rule, info: RequestInfo): boolean {
  if (!info.isResourceRequest) {
    return nonResourceRules?.some((rule) => has(rule.verbs, info.verb) && coversPath(rule.nonResourceURLs, info.path)) === true;
  }
  const resource = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`;
  return (
    resourceRules?.some(
      (rule) =>
        has(rule.verbs, info.verb) &&
        has(rule.resources, resource) &&
        has(rule.apiGroups, info.group) &&
        (info.namespace === '' ? rule.clusterScope === true : has(rule.namespaces, info.namespace)),
    ) === true
  );
}

/** A path covers those below it, with or without a star. */
function coversPath(urls: readonly string[], path: string): boolean {
  return urls.some((url) => {
    if (url === '*' || url === path) return true;
    const start = url.endsWith('*') ? url.slice(0, -1) : url;
    return path.startsWith(start.endsWith('/') ? start : `${start}/`);
  });
}
