import type { KubeObject } from '../../../api/meta/object.ts';
import type { AdmissionAttributes } from '../../admission/plugin.ts';
import { badRequest, internalError } from '../../registry/errors.ts';
import { getObject } from '../../registry/get.ts';
import type { Answer } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import { warn } from './body.ts';
import { annotateOf, type Scope } from './scope.ts';

/** What a request to log, exec, attach, portforward or proxy goes to: the kubelets' side of the cluster. */
export interface StreamTarget {
  /** @throws ApiError in the API server's words */
  connect(request: StreamRequest): Promise<Answer>;
}

export interface StreamRequest {
  /** The subresource's action. */
  readonly action: string;
  /** The pod, service or node. */
  readonly object: KubeObject;
  /** The container that is meant, for log, exec and attach. */
  readonly container: string;
  /** Of `[scheme:]name[:port]` in the path, for proxy. */
  readonly scheme: string;
  readonly port: string;
  readonly context: RequestContext;
}

/** Stands in while there are no kubelets: what a dial to a node that is not there comes to. */
export const unreachableTarget: StreamTarget = {
  async connect() {
    throw internalError('error dialing backend: dial tcp: connect: no route to host');
  },
};

const ofContainers: readonly string[] = ['log', 'exec', 'attach'];

/** Routes a stream to its target, after the checks that the API server makes of it. */
export async function connect(scope: Scope, context: RequestContext, target: StreamTarget, action: string): Promise<Answer> {
  const { info, request } = context;
  const isLog = action === 'log';
  if (!isLog && request.query.has('dryRun')) throw badRequest('dryRun is not supported');
  const { scheme, name, port } = action === 'proxy' ? splitProxyName(info.name) : { scheme: '', name: info.name, port: '' };
  if (!isLog) await admitConnect(scope, context);
  const { object } = await getObject(scope.store, info.namespace, name);
  const container = ofContainers.includes(action) ? containerOf(object, request.query.get('container') ?? '') : '';
  if (!object['spec']?.nodeName && scope.definition.subresources.some((s) => s.name === 'binding')) {
    // The log of a pod that has not begun is empty; a stream needs a node.
    if (isLog) return { type: 'raw', status: 204, contentType: '', body: '' };
    throw badRequest(`pod ${name} does not have a host assigned`);
  }
  return target.connect({ action, object, container, scheme, port, context });
}

function splitProxyName(text: string): { scheme: string; name: string; port: string } {
  const parts = text.split(':');
  if (parts.length === 1) return { scheme: '', name: text, port: '' };
  if (parts.length === 2) return { scheme: '', name: parts[0]!, port: parts[1]! };
  return { scheme: parts[0]!, name: parts[1]!, port: parts[2]! };
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
  const init = names(initContainers);
  const others = init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : '';
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${own.join(' ')}]${others}`);
}

async function admitConnect(scope: Scope, context: RequestContext): Promise<void> {
  const { admission } = scope.parts;
  if (!admission.mutates && !admission.validates) return;
  const options = Object.fromEntries(context.request.query);
  const attributes: AdmissionAttributes = {
    definition: scope.definition,
    operation: 'CONNECT',
    subresource: scope.subresource?.name ?? '',
    namespace: context.info.namespace,
    name: context.info.name,
    object: { kind: scope.subresource?.kind?.kind ?? scope.definition.kind, apiVersion: 'v1', ...options },
    old: undefined,
    user: context.user,
    dryRun: false,
    options: undefined,
    warn: (text) => warn(context, text),
    annotate: annotateOf(context),
  };
  await admission.mutate(attributes);
  await admission.validate(attributes);
}
