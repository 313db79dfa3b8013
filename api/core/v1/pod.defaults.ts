/** Defaults of pods and pod templates that the schemas do not carry. Each fills in `object` in place. */
import type { Container, EphemeralContainer, Lifecycle, Pod, PodSpec, PodTemplateSpec, Probe, Volume } from '../../../openapi/types.ts';
import type { ObjectMeta } from '../../meta/object.ts';
import { canonicalQuantity, parseQuantity } from '../../meta/quantity.ts';
import { containersTotal, isPodLevelResource } from '../../meta/resources.ts';
import { asSent, noteSentEmpty } from '../../meta/sent-empty.ts';
import { parseImageName } from './image-name.ts';
import { defaultPersistentVolumeClaimSpec } from './persistentvolumeclaim.defaults.ts';
import { defaultResourceList } from './resource-list.ts';
import { isOvercommitAllowed } from './resource-names.ts';

type AnyContainer = Container | EphemeralContainer;

/** Defaults of a pod, which has more of them than its spec alone has in a template. */
export function defaultPod(pod: Pod): void {
  mirrorPodIP(pod);
  dropInitContainerAnnotations(pod.metadata);
  const spec = pod.spec;
  if (!spec) return;
  defaultPodSpec(spec);
  // Pods alone: a template may say less than nothing.
  if (spec.terminationGracePeriodSeconds! < 0) spec.terminationGracePeriodSeconds = 1;
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    const { resources } = container;
    if (!resources) continue;
    if (resources.limits) resources.requests = { ...resources.limits, ...resources.requests };
    // Empty limits make empty requests, which messages show.
    else if (asSent(resources, 'limits') && !asSent(resources, 'requests')) noteSentEmpty(resources, 'requests', {});
  }
  defaultPodResources(spec);
  spec.enableServiceLinks ??= true;
  if (spec.hostNetwork) defaultHostPorts(spec);
}

// The old singular field wins over the list: kubelets of old know only that.
function mirrorPodIP({ status }: Pod): void {
  if (!status) return;
  const first = status.podIPs?.[0]?.ip;
  if (status.podIP && status.podIP !== first) status.podIPs = [{ ip: status.podIP }];
  else if (first) status.podIP = first;
}

// Init containers were annotations before they were a field.
const initContainerAnnotations = [
  'pod.beta.kubernetes.io/init-containers',
  'pod.alpha.kubernetes.io/init-containers',
  'pod.beta.kubernetes.io/init-container-statuses',
  'pod.alpha.kubernetes.io/init-container-statuses',
];

function dropInitContainerAnnotations(metadata: ObjectMeta | undefined): void {
  const annotations = metadata?.annotations;
  if (!annotations || !initContainerAnnotations.some((key) => annotations[key] !== undefined)) return;
  for (const key of initContainerAnnotations) delete annotations[key];
  if (Object.keys(annotations).length === 0) delete metadata.annotations;
}

/** Defaults of the template of a workload. */
export function defaultPodTemplateSpec(template: PodTemplateSpec | undefined): void {
  if (!template) return;
  template.metadata ??= {};
  dropInitContainerAnnotations(template.metadata);
  if (template.spec) defaultPodSpec(template.spec);
}

export function defaultPodSpec(spec: PodSpec): void {
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.restartPolicy ||= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= 'default-scheduler';
  mirrorServiceAccount(spec);
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const container of spec.initContainers ?? []) defaultContainer(container);
  for (const container of spec.containers ?? []) defaultContainer(container);
  for (const container of spec.ephemeralContainers ?? []) defaultContainer(container);
  defaultResourceList(spec.overhead);
  defaultResourceList(spec.resources?.limits);
  defaultResourceList(spec.resources?.requests);
}

// The old name `serviceAccount` always says what `serviceAccountName` says.
function mirrorServiceAccount(spec: PodSpec): void {
  const name = spec.serviceAccountName || spec.serviceAccount;
  if (!name) return;
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
}

function defaultHostPorts(spec: PodSpec): void {
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    for (const port of container.ports ?? []) if (!port.hostPort && port.containerPort) port.hostPort = port.containerPort;
  }
}

function defaultContainer(container: AnyContainer): void {
  container.imagePullPolicy ||= pullPolicyOf(container.image ?? '');
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  for (const port of container.ports ?? []) port.protocol ||= 'TCP';
  for (const variable of container.env ?? []) if (variable.valueFrom?.fieldRef) variable.valueFrom.fieldRef.apiVersion ||= 'v1';
  container.resources ??= {};
  defaultResourceList(container.resources?.limits);
  defaultResourceList(container.resources?.requests);
  defaultProbe(container.livenessProbe);
  defaultProbe(container.readinessProbe);
  defaultProbe(container.startupProbe);
  defaultLifecycle(container.lifecycle);
  for (const variable of container.env ?? []) {
    if (variable.valueFrom?.resourceFieldRef) variable.valueFrom.resourceFieldRef.divisor ??= '0';
    if (variable.valueFrom?.fileKeyRef) variable.valueFrom.fileKeyRef.optional ??= false;
  }
}

function defaultLifecycle(lifecycle: Lifecycle | undefined): void {
  defaultHttpGet(lifecycle?.postStart?.httpGet);
  defaultHttpGet(lifecycle?.preStop?.httpGet);
}

function defaultProbe(probe: Probe | undefined): void {
  if (!probe) return;
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  defaultHttpGet(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= '';
}

function defaultHttpGet(action: { path?: string; scheme?: string } | undefined): void {
  if (!action) return;
  action.path ||= '/';
  action.scheme ||= 'HTTP';
}

/** `Always` for images without a tag or with the tag latest, else `IfNotPresent`. */
export function pullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  return parseImageName(image)?.tag === 'latest' ? 'Always' : 'IfNotPresent';
}

const fileMode = 0o644;

/** Defaults of a pod's volume; one without any source is an emptyDir. */
export function defaultVolume(volume: Volume): void {
  if (Object.keys(volume).every((key) => key === 'name' || volume[key as keyof Volume] === undefined)) volume.emptyDir = {};
  if (volume.secret) volume.secret.defaultMode ??= fileMode;
  if (volume.configMap) volume.configMap.defaultMode ??= fileMode;
  if (volume.downwardAPI) volume.downwardAPI.defaultMode ??= fileMode;
  if (volume.hostPath) volume.hostPath.type ??= '';
  if (volume.image) volume.image.pullPolicy ||= pullPolicyOf(volume.image.reference ?? '');
  const claim = volume.ephemeral?.volumeClaimTemplate;
  if (claim) claim.metadata ??= {};
  if (claim?.spec) defaultPersistentVolumeClaimSpec(claim.spec);
  if (volume.emptyDir?.sizeLimit !== undefined) volume.emptyDir.sizeLimit = canonicalQuantity(String(volume.emptyDir.sizeLimit));
  if (volume.azureDisk) {
    volume.azureDisk.cachingMode ??= 'ReadWrite';
    volume.azureDisk.kind ??= 'Shared';
    volume.azureDisk.fsType ??= 'ext4';
    volume.azureDisk.readOnly ??= false;
  }
  if (volume.iscsi) volume.iscsi.iscsiInterface ||= 'default';
  for (const item of volume.downwardAPI?.items ?? []) defaultDownwardFile(item);
  if (!volume.projected) return;
  volume.projected.defaultMode ??= fileMode;
  for (const source of volume.projected.sources ?? []) {
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
    if (source.podCertificate) source.podCertificate.maxExpirationSeconds ??= 86400;
    for (const item of source.downwardAPI?.items ?? []) defaultDownwardFile(item);
  }
}

function defaultDownwardFile(item: { fieldRef?: { apiVersion?: string }; resourceFieldRef?: { divisor?: string } }): void {
  if (item.fieldRef) item.fieldRef.apiVersion ||= 'v1';
  if (item.resourceFieldRef) item.resourceFieldRef.divisor ??= '0';
}

// Requests of the pod as a whole follow from its containers, then from its own limits.
function defaultPodResources(spec: PodSpec): void {
  const resources = spec.resources;
  if (!resources) return;
  const stated = Object.keys(resources.limits ?? {}).length + Object.keys(resources.requests ?? {}).length > 0;
  if (stated) {
    const limits: Record<string, string> = { ...resources.limits };
    for (const [name, amount] of containersTotal(spec, 'limits')) {
      if (name.startsWith('hugepages-') && resources.requests?.[name] === undefined) limits[name] ??= amount.toString();
    }
    if (Object.keys(limits).length > 0) resources.limits = limits;
  }
  if (Object.keys(resources.limits ?? {}).length === 0) return;
  const requests: Record<string, string> = { ...resources.requests };
  for (const [name, amount] of containersTotal(spec, 'requests')) {
    if (isPodLevelResource(name) && isOvercommitAllowed(name)) requests[name] ??= amount.toString();
  }
  for (const [name, text] of Object.entries(resources.limits ?? {})) {
    if (isPodLevelResource(name)) requests[name] ??= parseQuantity(text).toString();
  }
  if (Object.keys(requests).length > 0) resources.requests = requests;
}
