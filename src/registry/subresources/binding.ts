import { type FieldError, notSupported, required } from '../../../api/meta/field.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { aggregate } from '../../../api/meta/text.ts';
import { copyData } from '../copy.ts';
import { ApiError, badRequest, conflict } from '../errors.ts';
import { guaranteedUpdate } from '../guaranteed-update.ts';
import type { ResourceStore } from '../resource-store.ts';
import { type ActionCall, type ActionResult, success } from './action.ts';

/** Binds a pod to a node, through `pods/<name>/binding` or the resource `bindings`. */
export async function binding(call: ActionCall): Promise<ActionResult> {
  const { object, operation } = call;
  const store = call.store ?? call.parts.registry.storeOf('', 'v1', 'pods');
  const name = call.name || (object.metadata?.name ?? '');
  if (name !== (object.metadata?.name ?? '')) throw badRequest('name in URL does not match name in Binding object');
  const errors = validateBinding(object);
  // Upstream answers these without a status of their own.
  if (errors.length > 0) throw new ApiError(500, '', aggregate(errors.map((e) => `${e.field}: ${e.message}`)));
  await call.validate();
  const { uid, resourceVersion } = object.metadata ?? {};
  const preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
  const key = store.key(operation.namespace, name);
  await guaranteedUpdate(store, operation, { key, name, allowMissing: false, preconditions }, async (current) =>
    boundPod(store, name, current!.object, object),
  );
  return success();
}

function validateBinding(object: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const { kind = '', name = '' } = object['target'] ?? {};
  if (kind !== '' && kind !== 'Node') errors.push(notSupported('target.kind', kind, ['Node', '<empty>']));
  if (name === '') errors.push(required('target.name'));
  return errors;
}

function boundPod(store: ResourceStore, name: string, pod: KubeObject, object: KubeObject): KubeObject {
  const refuse = (message: string) => conflict({ group: '', resource: 'pods/binding' }, name, message);
  if (pod.metadata!.deletionTimestamp) throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod['spec'].nodeName) throw refuse(`pod ${name} is already assigned to node ${goQuote(pod['spec'].nodeName)}`);
  if (pod['spec'].schedulingGates?.length) throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  const bound = copyData(pod);
  bound['spec'].nodeName = object['target'].name;
  bound['status'] ??= {};
  delete bound['status'].nominatedNodeName;
  const { annotations, labels } = object.metadata ?? {};
  if (annotations && Object.keys(annotations).length > 0) bound.metadata!.annotations = { ...bound.metadata!.annotations, ...annotations };
  if (labels && Object.keys(labels).length > 0) bound.metadata!.labels = { ...bound.metadata!.labels, ...labels };
  setCondition(bound, { type: 'PodScheduled', status: 'True', observedGeneration: undefined, lastProbeTime: null }, store.now());
  return bound;
}

/** Sets a pod's condition; its transition time changes with its status. */
export function setCondition(pod: KubeObject, condition: Record<string, unknown> & { type: string; status: string }, now: string): void {
  const status = (pod['status'] ??= {});
  const conditions: Record<string, unknown>[] = (status.conditions ??= []);
  const index = conditions.findIndex((c) => c['type'] === condition.type);
  const old = conditions[index];
  const lastTransitionTime = old?.['status'] === condition.status ? old['lastTransitionTime'] : now;
  const generation = condition['observedGeneration'] ?? old?.['observedGeneration'];
  const { observedGeneration: _generation, ...rest } = condition;
  const set = { ...rest, ...(generation === undefined ? {} : { observedGeneration: generation }), lastTransitionTime };
  if (index < 0) conditions.push(set);
  else conditions[index] = set;
}
