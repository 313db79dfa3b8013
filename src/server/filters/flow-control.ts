import type { KubeObject } from '../../../api/meta/object.ts';
import type { UserInfo } from '../../auth/types.ts';
import type { Client, ResourceReference } from '../../client/client.ts';
import { byName, followResource } from '../../client/follow.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import { ApiError } from '../../registry/errors.ts';
import type { RequestInfo } from '../context.ts';
import type { Flow, FlowClassifier } from './fairness.ts';
import { FlowSchemaStatus } from './flow-schema-status.ts';

const reference = (plural: string, kind: string): ResourceReference => ({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  plural,
  kind,
  scope: 'Cluster',
});
const flowSchemas = reference('flowschemas', 'FlowSchema');
const priorityLevels = reference('prioritylevelconfigurations', 'PriorityLevelConfiguration');

/** After a watch has ended in failure, the next begins so much later. */
const retryMs = 1000;

interface Rule {
  readonly subjects: readonly any[];
  readonly resourceRules?: readonly any[];
  readonly nonResourceRules?: readonly any[];
}

interface Compiled {
  readonly flow: Flow;
  readonly rules: readonly Rule[];
}

/**
 * Ranks by the cluster's FlowSchema objects: the first in order of matchingPrecedence and name that has a rule for the user and the request. Nothing is
 * ranked until `follow` has seen the objects. It also keeps the status of the FlowSchemas.
 */
export class FlowControl implements FlowClassifier {
  private readonly clock: Clock;
  private readonly schemas = new Map<string, KubeObject>();
  private readonly levels = new Map<string, KubeObject>();
  private readonly status: FlowSchemaStatus;
  /** The kinds of which all objects are known. */
  private readonly listed = new Set<ResourceReference>();
  private compiled: readonly Compiled[] | undefined = [];

  constructor(clock: Clock, logger: Logger) {
    this.clock = clock;
    this.status = new FlowSchemaStatus(clock, logger, this.schemas, this.levels);
  }

  classify(info: RequestInfo, user: UserInfo): Flow | undefined {
    this.compiled ??= compile([...this.schemas.values()], this.levels);
    return this.compiled.find(({ rules }) => rules.some((rule) => matches(rule, info, user)))?.flow;
  }

  /** Keeps up with the objects until the signal is aborted. @param client may watch both kinds and write the status of FlowSchemas */
  async follow(client: Client, signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.followOne(client, flowSchemas, this.schemas, signal),
      this.followOne(client, priorityLevels, this.levels, signal),
    ]);
  }

  private followOne(client: Client, resource: ResourceReference, objects: Map<string, KubeObject>, signal: AbortSignal): Promise<void> {
    const following = byName(objects, () => {
      this.listed.add(resource);
      this.changed(client, signal);
    });
    // The server is starting or stopping: what was known stays in force meanwhile.
    const failed = (error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
    };
    return followResource(client.resource(resource), following, { clock: this.clock, signal, retryMs, failed });
  }

  private changed(client: Client, signal: AbortSignal): void {
    this.compiled = undefined;
    if (this.listed.has(flowSchemas) && this.listed.has(priorityLevels)) this.status.update(client, flowSchemas, signal);
  }
}

function compile(schemas: readonly KubeObject[], levels: ReadonlyMap<string, KubeObject>): Compiled[] {
  const precedence = (schema: KubeObject): number => schema['spec']?.matchingPrecedence ?? 1000;
  return [...schemas]
    .sort((a, b) => precedence(a) - precedence(b) || (a.metadata!.name! < b.metadata!.name! ? -1 : 1))
    .map((schema) => ({
      flow: {
        flowSchemaUid: schema.metadata?.uid ?? '',
        priorityLevelUid: levels.get(schema['spec']?.priorityLevelConfiguration?.name)?.metadata?.uid ?? '',
      },
      rules: schema['spec']?.rules ?? [],
    }));
}

function matches(rule: Rule, info: RequestInfo, user: UserInfo): boolean {
  return rule.subjects.some((subject) => isSubject(subject, user)) && coversRequest(rule, info);
}

function isSubject(subject: any, { username, groups }: UserInfo): boolean {
  if (subject.kind === 'User') return subject.user.name === '*' || subject.user.name === username;
  if (subject.kind === 'Group') return subject.group.name === '*' || groups.includes(subject.group.name);
  const { namespace, name } = subject.serviceAccount;
  const prefix = `system:serviceaccount:${namespace}:`;
  return name === '*' ? username.startsWith(prefix) : username === prefix + name;
}

const has = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes('*') || list.includes(value));

function coversRequest({ resourceRules, nonResourceRules }: Rule, info: RequestInfo): boolean {
  if (!info.isResourceRequest) {
    return (nonResourceRules ?? []).some((rule) => has(rule.verbs, info.verb) && coversPath(rule.nonResourceURLs, info.path));
  }
  const resource = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`;
  return (resourceRules ?? []).some(
    (rule) =>
      has(rule.verbs, info.verb) &&
      has(rule.apiGroups, info.group) &&
      has(rule.resources, resource) &&
      (info.namespace === '' ? rule.clusterScope === true : has(rule.namespaces, info.namespace)),
  );
}

function coversPath(urls: readonly string[], path: string): boolean {
  return urls.some((url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))));
}
