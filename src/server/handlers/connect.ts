import { type FieldError, FieldPath, forbidden as forbiddenField, invalid as invalidField } from '../../../api/meta/field.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { int64Problem } from '../../../api/meta/text.ts';
import type { AdmissionAttributes } from '../../admission/plugin.ts';
import { parseTime } from '../../machinery/clock.ts';
import { hostPort } from '../../machinery/host-port.ts';
import { ApiError, badRequest, invalid } from '../../registry/errors.ts';
import { getObject } from '../../registry/get.ts';
import type { Answer } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import { notAListOf } from '../encoding/partial.ts';
import { negotiate, objectTransforms } from '../negotiation/accept.ts';
import type { LogOptions, NodeStreams } from '../streaming/node-streams.ts';
import { portForward, portsOf } from '../streaming/port-forward.ts';
import { isTrue, remoteCommand, wantedStreams } from '../streaming/remote-command.ts';
import { warn } from './body.ts';
import { connectOptions } from './connect-options.ts';
import { kubeletAddress } from './kubelet-address.ts';
import { proxyTo } from './proxy.ts';
import { annotateOf, authorizeCreate, type Scope } from './scope.ts';

const ofContainers: readonly string[] = ['log', 'exec', 'attach'];

/**
 * Routes a stream to the kubelet of the pod's node, after the checks that the API server makes of it.
 * @param nodes the kubelets that can be reached; absent: none
 */
export async function connect(scope: Scope, context: RequestContext, nodes: NodeStreams | undefined, action: string): Promise<Answer> {
  const { info, request } = context;
  if (action === 'log') return podLog(scope, context, nodes);
  if (request.query.has('dryRun')) throw badRequest('dryRun is not supported');
  const ports = action === 'portforward' ? portsOf(request.query) : [];
  const { name } = info;
  await admitConnect(scope, context);
  if (action === 'proxy') return proxyTo(scope, context, nodes);
  await authorizeCreate(scope, context);
  const { object } = await getObject(scope.store, info.namespace, name);
  const container = ofContainers.includes(action) ? containerOf(object, request.query.get('container') ?? '') : '';
  const { nodeName } = object['spec'];
  if (!nodeName) throw badRequest(`pod ${name} does not have a host assigned`);
  const address = await kubeletHost(scope, nodeName);
  if (!request.headers['upgrade']) throw badRequest('Upgrade request required');
  if (!nodes?.reaches(nodeName)) throw unreachable(`dial tcp ${address}: connect: connection refused`);
  try {
    const place = { node: nodeName, namespace: info.namespace, pod: name, container };
    if (action === 'portforward') return portForward(nodes.portForward(nodeName, info.namespace, name), ports);
    const wanted = wantedStreams(request.query);
    const command = action === 'exec' ? request.query.getAll('command') : undefined;
    if (command?.length === 0) throw badRequest('you must specify at least one command for the container');
    return remoteCommand(await nodes.command(place, { ...(command ? { command } : {}), tty: wanted.tty }), wanted, command ?? []);
  } catch (error) {
    // What a kubelet says before it goes over to another protocol is passed on as it is.
    if (error instanceof ApiError)
      return { type: 'raw', status: error.code, contentType: 'text/plain; charset=utf-8', body: error.message };
    throw error;
  }
}

/** What a dial that fails comes to. */
function unreachable(why: string): ApiError {
  return new ApiError(500, '', `error dialing backend: ${why}`);
}

async function podLog(scope: Scope, context: RequestContext, nodes: NodeStreams | undefined): Promise<Answer> {
  const { info, request } = context;
  const { query } = request;
  const options = logOptions(query, info.name);
  const { object } = await getObject(scope.store, info.namespace, info.name);
  const container = containerOf(object, query.get('container') ?? '');
  const { nodeName } = object['spec'];
  const address = nodeName ? await kubeletHost(scope, nodeName) : '';
  refuseForms(context);
  // The log of a pod that has not begun is empty.
  if (!nodeName) return { type: 'raw', status: 204, contentType: '', body: '' };
  if (!nodes?.reaches(nodeName)) {
    const passed = ['follow', 'limitBytes', 'previous', 'sinceSeconds', 'sinceTime', 'tailLines', 'timestamps'].flatMap((name) => {
      const value = query.get(name);
      if (value === null) return [];
      return ['follow', 'previous', 'timestamps'].includes(name)
        ? isTrue(value)
          ? [`${name}=true`]
          : []
        : [`${name}=${encodeURIComponent(value)}`];
    });
    const url = `https://${address}/containerLogs/${info.namespace}/${info.name}/${container}${passed.length > 0 ? `?${passed.join('&')}` : ''}`;
    throw new ApiError(500, '', `Get ${goQuote(url)}: dial tcp ${address}: connect: connection refused`);
  }
  const { sinceSeconds, sinceTime, ...rest } = options;
  const since = sinceSeconds === undefined ? sinceTime : context.receivedAt - sinceSeconds * 1000;
  const place = { node: nodeName, namespace: info.namespace, pod: info.name, container };
  const body = nodes.logs(place, { ...rest, ...(since === undefined ? {} : { since }) });
  return { type: 'stream', status: 200, headers: { 'content-type': 'text/plain' }, body, overWebSocket: true };
}

/** A log has no metadata, and is no list of what has. @throws ApiError 406, 500 */
function refuseForms({ request }: RequestContext): void {
  const kind = negotiate(request.headers['accept'], 'get', objectTransforms, undefined, true).as?.kind;
  if (kind === 'PartialObjectMetadataList') throw notAListOf('*rest.LocationStreamer');
  if (kind === 'PartialObjectMetadata') throw new ApiError(500, '', 'object does not implement the Object interfaces');
}

type AskedLog = Omit<LogOptions, 'since'> & { sinceSeconds?: number; sinceTime?: number };

/** @throws ApiError 400 for what cannot be read, 422 for what makes no sense */
function logOptions(query: URLSearchParams, pod: string): AskedLog {
  const flag = (name: string) => isTrue(query.get(name));
  const number = (name: string): number | undefined => {
    const text = query.get(name);
    if (!text) return undefined;
    const problem = int64Problem(text);
    if (problem !== undefined) throw badRequest(problem);
    return Number(text);
  };
  const [tailLines, limitBytes, sinceSeconds] = [number('tailLines'), number('limitBytes'), number('sinceSeconds')];
  const time = query.get('sinceTime');
  const sinceTime = time ? parseTime(time) : undefined;
  if (Number.isNaN(sinceTime)) {
    const quoted = JSON.stringify(time);
    throw badRequest(`parsing time ${quoted} as "2006-01-02T15:04:05Z07:00": cannot parse ${quoted} as "2006"`);
  }
  const errors: FieldError[] = [];
  const least = (name: string, value: number | undefined, from: number) => {
    if (value !== undefined && value < from)
      errors.push(invalidField(FieldPath.of(name), value, `must be greater than ${from > 0 ? '' : 'or equal to '}0`));
  };
  least('tailLines', tailLines, 0);
  least('limitBytes', limitBytes, 1);
  if (sinceSeconds !== undefined && sinceTime !== undefined)
    errors.push(forbiddenField(FieldPath.empty.key(''), 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  else least('sinceSeconds', sinceSeconds, 1);
  if (query.get('stream')) errors.push(forbiddenField(FieldPath.of('stream'), 'may not be specified'));
  if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, pod, errors);
  return {
    follow: flag('follow'),
    previous: flag('previous'),
    timestamps: flag('timestamps'),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(sinceTime === undefined ? {} : { sinceTime }),
  };
}

/** The container that is meant: the one named, the only one, or the default one of the annotation. @throws ApiError 400 */
function containerOf(pod: KubeObject, wanted: string): string {
  const name = pod.metadata!.name;
  const names = (list: { name: string }[] | undefined): string[] => (list ?? []).map((c) => c.name);
  const { containers, initContainers, ephemeralContainers } = pod['spec'];
  const all = [...names(initContainers), ...names(containers), ...names(ephemeralContainers)];
  if (wanted !== '') {
    if (!all.includes(wanted)) throw badRequest(`container ${wanted} is not valid for pod ${name}`);
    return wanted;
  }
  const own = names(containers);
  if (own.length === 1) return own[0]!;
  if (own.length === 0) throw badRequest(`a container name must be specified for pod ${name}`);
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${all.join(' ')}]`);
}

async function admitConnect(scope: Scope, context: RequestContext): Promise<void> {
  const { admission } = scope.parts;
  if (!admission.mutates && !admission.validates) return;
  const kind = scope.subresource?.kind?.kind ?? scope.definition.kind;
  const attributes: AdmissionAttributes = {
    definition: scope.definition,
    operation: 'CONNECT',
    subresource: scope.subresource?.name ?? '',
    namespace: context.info.namespace,
    name: context.info.name,
    object: { kind, apiVersion: 'v1', ...connectOptions(kind, context) },
    old: undefined,
    user: context.user,
    dryRun: false,
    options: undefined,
    warn: (text) => warn(context, text),
    annotate: annotateOf(context),
    waited: (milliseconds) => (context.waitedFor += milliseconds),
  };
  await admission.mutate(attributes);
  await admission.validate(attributes);
}

async function kubeletHost(scope: Scope, node: string): Promise<string> {
  const { address, port } = await kubeletAddress(scope, node, 'pods');
  return hostPort(address, port);
}
