import type { Node, Taint } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { findCondition } from '../../meta/conditions.ts';
import { duplicate, type FieldError, FieldPath, forbidden, internalError, invalid, required } from '../../meta/field.ts';
import { goQuote } from '../../meta/go-quote.ts';
import { cidrWarnings, parseCIDR, validateLegacyCIDR } from '../../meta/ip.ts';
import { goJsonError } from '../../meta/json-errors.ts';
import { isLabelValue } from '../../meta/names.ts';
import { statusSubresource } from '../../meta/statuses.ts';
import { sorted } from '../../meta/text.ts';
import { validateLabelName } from '../../meta/validation.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from './core-meta.validation.ts';
import { proxySubresource } from './proxy.ts';
import { defaultResourceList } from './resource-list.ts';
import { validateResourceAmount } from './resource-names.ts';
import { validateTaintEffect } from './scheduling.validation.ts';

const podCIDRs = FieldPath.of('spec', 'podCIDRs');
// Where the real server reports taints, although they are in the spec.
const taintsPath = FieldPath.of('metadata', 'taints');

function validateTaints(taints: readonly Taint[], path: FieldPath): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap((taint, i) => {
    const at = path.index(i);
    const errors = validateLabelName(taint.key ?? '', at.child('key'));
    const messages = isLabelValue(taint.value ?? '');
    if (messages.length > 0) errors.push(invalid(at.child('value'), taint.value, messages.join(';')));
    errors.push(...validateTaintEffect(taint.effect, at.child('effect')));
    const key = `${taint.effect}\0${taint.key}`;
    if (seen.has(key)) {
      const repeated = duplicate(at, {
        Key: taint.key,
        Value: taint.value ?? '',
        Effect: taint.effect,
        TimeAdded: taint.timeAdded ?? null,
      });
      errors.push({ ...repeated, message: `${repeated.message}: taints must be unique by key and effect pair` });
    }
    seen.add(key);
    return errors;
  });
}

const annotationsPath = FieldPath.of('metadata', 'annotations');
const taintsAnnotation = 'scheduler.alpha.kubernetes.io/taints';
const avoidPodsAnnotation = 'scheduler.alpha.kubernetes.io/preferAvoidPods';

// Annotations from before there were fields for them, whose JSON is judged still.
function validateAnnotations(annotations: Readonly<Record<string, string>>): FieldError[] {
  const errors: FieldError[] = [];
  const taints = annotations[taintsAnnotation];
  const avoids = annotations[avoidPodsAnnotation];
  if (taints) {
    const parsed = parseAnnotation(taints);
    if (parsed.fault !== undefined) errors.push(invalid(annotationsPath, taintsAnnotation, parsed.fault));
    else errors.push(...validateTaints((parsed.value as Taint[] | null) ?? [], annotationsPath.child(taintsAnnotation)));
  }
  if (avoids) {
    const parsed = parseAnnotation(avoids);
    if (parsed.fault !== undefined) errors.push(invalid(annotationsPath.child('AvoidPods'), avoidPodsAnnotation, parsed.fault));
    else errors.push(...validateAvoidedPods(parsed.value as AvoidPods | null, annotationsPath.child(avoidPodsAnnotation)));
  }
  return errors;
}

interface AvoidPods {
  readonly preferAvoidPods?: readonly { readonly podSignature?: { readonly podController?: { readonly controller?: boolean } } }[];
}

function validateAvoidedPods(avoids: AvoidPods | null, path: FieldPath): FieldError[] {
  return (avoids?.preferAvoidPods ?? []).flatMap(({ podSignature }, i) => {
    const at = path.index(i).child('PodSignature');
    if (!podSignature?.podController) return [required(at)];
    if (podSignature.podController.controller) return [];
    return [invalid(at.child('PodController', 'Controller'), false, 'must point to a controller')];
  });
}

function parseAnnotation(text: string): { readonly value?: unknown; readonly fault?: string } {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { fault: goJsonError(text) };
  }
}

function validateResources(node: Node): FieldError[] {
  return (['capacity', 'allocatable'] as const).flatMap((list) =>
    Object.entries(node.status?.[list] ?? {}).flatMap(([name, text]) =>
      validateResourceAmount(name, text, FieldPath.of('status', list, name)),
    ),
  );
}

const featureName = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*$/;

function validateFeatures(node: Node): FieldError[] {
  const features = node.status?.declaredFeatures ?? [];
  const path = FieldPath.of('status', 'declaredFeatures');
  return features.flatMap((feature, i) => {
    const errors: FieldError[] = [];
    const words = `invalid feature name ${goQuote(feature)}`;
    const rule =
      "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes";
    if (feature.length > 253) errors.push(invalid(path.index(i), feature, `${words}: must be no more than 253 characters`));
    else if (!featureName.test(feature)) errors.push(invalid(path.index(i), feature, `${words}: ${rule}`));
    const next = features[i + 1];
    if (next === feature) errors.push(duplicate(path.index(i + 1), next));
    else if (next !== undefined && feature > next) errors.push(invalid(path.index(i + 1), next, 'list must be sorted alphabetically'));
    return errors;
  });
}

function validate(node: Node): FieldError[] {
  const errors = validateCoreMeta(node.metadata, { namespaced: false });
  errors.push(...validateAnnotations(node.metadata.annotations ?? {}));
  errors.push(...validateTaints(node.spec?.taints ?? [], taintsPath), ...validateResources(node));
  const swap = node.status?.nodeInfo?.swap?.capacity;
  if (swap !== undefined && swap <= 0) errors.push(invalid('metadata.nodeSwapStatus.capacity', swap, 'must be greater than zero'));
  errors.push(...validateFeatures(node));
  const cidrs = node.spec?.podCIDRs ?? [];
  errors.push(...cidrs.flatMap((cidr, i) => validateLegacyCIDR(podCIDRs.index(i), cidr)));
  if (cidrs.length <= 1) return errors;
  const bad = cidrs.findIndex((cidr) => !parseCIDR(cidr));
  if (bad >= 0) {
    const reason = `invalid CIDR[${bad}]: <nil> (invalid CIDR address: ${cidrs[bad]})`;
    errors.push(internalError(podCIDRs, `invalid PodCIDRs. failed to check with dual stack with error:${reason}`));
  }
  const families = new Set(cidrs.map((cidr) => parseCIDR(cidr)?.version));
  if (bad >= 0 || families.size < 2 || cidrs.length > 2) {
    errors.push(invalid(podCIDRs, cidrs, 'may specify no more than one CIDR for each IP family'));
  }
  return errors;
}

function validateUpdate(node: Node, old: Node): FieldError[] {
  const errors = validateCoreMetaUpdate(node.metadata, old.metadata);
  // The rules of a new node have judged some of this already; it is told twice.
  errors.push(...validateAnnotations(node.metadata.annotations ?? {}), ...validateResources(node), ...validateFeatures(node));
  const addresses = new Set<string>();
  (node.status?.addresses ?? []).forEach(({ type, address }, i) => {
    const key = `${type}\0${address}`;
    if (addresses.has(key)) errors.push(duplicate(FieldPath.of('status', 'addresses').index(i), { Type: type, Address: address }));
    addresses.add(key);
  });
  const before = old.spec?.podCIDRs ?? [];
  const now = node.spec?.podCIDRs ?? [];
  const cidrDetail = 'node updates may not change podCIDR except from "" to valid';
  if (before.length > 0 && before.length !== now.length) errors.push(forbidden(podCIDRs, cidrDetail));
  else errors.push(...before.filter((cidr, i) => cidr !== now[i]).map(() => forbidden(podCIDRs, cidrDetail)));
  if (old.spec?.providerID && old.spec.providerID !== node.spec?.providerID) {
    errors.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  }
  errors.push(...validateTaints(node.spec?.taints ?? [], taintsPath));
  if ((node.spec?.externalID ?? '') !== (old.spec?.externalID ?? '')) errors.push(forbidden('spec.externalID', 'may not be updated'));
  return errors;
}

function statusCell(node: Node): string {
  const ready = findCondition(node.status?.conditions as never, 'Ready') as { status: string } | undefined;
  const status = !ready ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return node.spec?.unschedulable ? `${status},SchedulingDisabled` : status;
}

const rolePrefix = 'node-role.kubernetes.io/';

function rolesCell(node: Node): string {
  const roles = Object.entries(node.metadata?.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return key.length > rolePrefix.length ? [key.slice(rolePrefix.length)] : [];
    return key === 'kubernetes.io/role' && value !== '' ? [value] : [];
  });
  return roles.length > 0 ? sorted(new Set(roles)).join(',') : '<none>';
}

const address =
  (type: string) =>
  (node: Node): string =>
    node.status?.addresses?.find((candidate) => candidate.type === type)?.address ?? '<none>';

function kernelCell(node: Node): string {
  const { kernelVersion, architecture } = node.status?.nodeInfo ?? {};
  return `${kernelVersion || '<unknown>'}${architecture ? ` (${architecture})` : ''}`;
}

// The API always writes these, empty until a kubelet reports.
const nodeInfoTexts = [
  'architecture',
  'bootID',
  'containerRuntimeVersion',
  'kernelVersion',
  'kubeProxyVersion',
  'kubeletVersion',
  'machineID',
  'operatingSystem',
  'osImage',
  'systemUUID',
] as const;

/** Nodes. Compared with v1.36.3: allocatable from capacity, taints, pod CIDRs set once, declared features, warnings, table. */
export const node = defineResource<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  upstreamPrefix: 'minions',
  shortNames: ['no'],
  scope: 'Cluster',
  schema: 'io.k8s.api.core.v1.Node',
  subresources: [
    proxySubresource('NodeProxyOptions'),
    statusSubresource<Node>({
      prepareForUpdate(object, old) {
        if (object.status && !old.status?.config) delete object.status.config;
      },
      validateUpdate,
    }),
  ],
  selectableFields: { 'spec.unschedulable': (object) => String(object.spec?.unschedulable ?? false) },
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', description: 'The status of the node', cell: statusCell },
    { name: 'Roles', type: 'string', description: 'The roles of the node', cell: rolesCell },
    ageColumn,
    {
      name: 'Version',
      type: 'string',
      description: ['io.k8s.api.core.v1.NodeSystemInfo', 'kubeletVersion'],
      cell: (object) => object.status?.nodeInfo?.kubeletVersion ?? '',
    },
    {
      name: 'Internal-IP',
      type: 'string',
      priority: 1,
      description: ['io.k8s.api.core.v1.NodeStatus', 'addresses'],
      cell: address('InternalIP'),
    },
    {
      name: 'External-IP',
      type: 'string',
      priority: 1,
      description: ['io.k8s.api.core.v1.NodeStatus', 'addresses'],
      cell: address('ExternalIP'),
    },
    {
      name: 'OS-Image',
      type: 'string',
      priority: 1,
      description: ['io.k8s.api.core.v1.NodeSystemInfo', 'osImage'],
      cell: (object) => object.status?.nodeInfo?.osImage || '<unknown>',
    },
    {
      name: 'Kernel-Version',
      type: 'string',
      priority: 1,
      description: ['io.k8s.api.core.v1.NodeSystemInfo', 'kernelVersion'],
      cell: kernelCell,
    },
    {
      name: 'Container-Runtime',
      type: 'string',
      priority: 1,
      description: ['io.k8s.api.core.v1.NodeSystemInfo', 'containerRuntimeVersion'],
      cell: (object) => object.status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
    },
  ],
  resetFields: [['status']],
  defaults(object) {
    object.spec ??= {};
    const status = (object.status ??= {} as NonNullable<Node['status']>);
    status.daemonEndpoints ??= { kubeletEndpoint: { Port: 0 } };
    status.nodeInfo ??= {} as NonNullable<typeof status.nodeInfo>;
    for (const name of nodeInfoTexts) status.nodeInfo[name] ??= '';
    if (!status.allocatable && status.capacity) status.allocatable = { ...status.capacity };
    defaultResourceList(status.capacity);
    defaultResourceList(status.allocatable);
    // The old singular field wins over the first of the list.
    const spec = object.spec;
    if (spec.podCIDR && spec.podCIDR !== spec.podCIDRs?.[0]) spec.podCIDRs = [spec.podCIDR];
    else if (spec.podCIDRs?.length) spec.podCIDR = spec.podCIDRs[0];
  },
  prepareForCreate(object) {
    delete object.spec?.configSource;
    delete object.status?.config;
  },
  prepareForUpdate(object, old) {
    if (old.status) object.status = old.status;
    if (object.spec && !old.spec?.configSource) delete object.spec.configSource;
  },
  validate,
  validateUpdate: (object, old) => [...validate(object), ...validateUpdate(object, old)],
  warnings(object) {
    const list: string[] = [];
    if (object.spec?.configSource) list.push('spec.configSource: the feature is removed');
    if (object.spec?.externalID) list.push('spec.externalID: this field is deprecated, and is unused by Kubernetes');
    return [...list, ...(object.spec?.podCIDRs ?? []).flatMap((cidr, i) => cidrWarnings(podCIDRs.index(i), cidr))];
  },
});
