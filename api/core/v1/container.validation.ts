/** Validation of containers, init containers and ephemeral containers. */
import type {
  Container,
  ContainerPort,
  EnvFromSource,
  EnvVar,
  EphemeralContainer,
  Lifecycle,
  LifecycleHandler,
  PodSpec,
  Probe,
  ResourceRequirements,
  Volume,
  VolumeMount,
} from '../../../openapi/types.ts';
import {
  duplicate,
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  invalidTyped,
  notFound,
  notSupported,
  required,
  tooMany,
} from '../../meta/field.ts';
import type { IntOrString } from '../../meta/intstr.ts';
import { isDns1123Label, isEnvironmentName, isHttpHeaderName, isPortName, isPortNumber, nameIsDnsSubdomain } from '../../meta/names.ts';
import { parseQuantity } from '../../meta/quantity.ts';
import { asSent, hasSentEmpty } from '../../meta/sent-empty.ts';
import { sorted } from '../../meta/text.ts';
import { validateNonNegative } from '../../meta/validation.ts';
import {
  isHugePageMultiple,
  isHugePages,
  isOvercommitAllowed,
  validateContainerResourceName,
  validateResourceAmount,
} from './resource-names.ts';
import { validateContainerSecurityContext } from './security.validation.ts';
import {
  invalids,
  validateDescendingPath,
  validateFieldRef,
  validateKeySelector,
  validateNoBacksteps,
  validatePullPolicy,
  validateResourceFieldRef,
} from './volume.validation.ts';

type AnyContainer = Container | EphemeralContainer;

/** What containers are checked against. */
export interface ContainerContext {
  readonly spec: PodSpec;
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly claims: ReadonlySet<string>;
}

const noLifecycle = 'may not be set for init containers without restartPolicy=Always';
const protocols = ['SCTP', 'TCP', 'UDP'];

export function validateContainers(containers: readonly Container[], path: FieldPath, context: ContainerContext): FieldError[] {
  if (containers.length === 0) return [required(path)];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  containers.forEach((container, i) => {
    const at = path.index(i);
    errors.push(...validateContainer(container, at, context));
    if (names.has(container.name)) errors.push(duplicate(at.child('name'), container.name));
    names.add(container.name);
    errors.push(...validateLifeOf(container, at, context.spec));
    errors.push(...validateRestartRules(container, at));
  });
  return [...errors, ...validateHostPortConflicts(containers, path)];
}

export function validateInitContainers(containers: readonly Container[], path: FieldPath, context: ContainerContext): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set((context.spec.containers ?? []).map((container) => container.name));
  containers.forEach((container, i) => {
    const at = path.index(i);
    errors.push(...validateContainer(container, at, context));
    errors.push(...validateInitRestartPolicy(container, at));
    if (names.has(container.name)) errors.push(duplicate(at.child('name'), container.name));
    else if (container.name) names.add(container.name);
    errors.push(...validateHostPortConflicts([container], path));
    const sidecar = container.restartPolicy === 'Always';
    if (sidecar) errors.push(...validateLifeOf(container, at, context.spec));
    else {
      for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
        if (container[field]) errors.push(forbidden(at.child(field), noLifecycle));
      }
      (container.resizePolicy ?? []).forEach((policy, n) => {
        if (policy.restartPolicy === 'RestartContainer') {
          const detail = "must not be set to 'RestartContainer' for non-sidecar initContainers";
          errors.push(invalid(at.child('resizePolicy').index(n).child('restartPolicy'), policy.restartPolicy, detail));
        }
      });
    }
  });
  return errors;
}

const notEphemeral = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;

export function validateEphemeralContainers(
  containers: readonly EphemeralContainer[],
  path: FieldPath,
  context: ContainerContext,
): FieldError[] {
  const errors: FieldError[] = [];
  const others = new Set([...(context.spec.containers ?? []), ...(context.spec.initContainers ?? [])].map((container) => container.name));
  const names = new Set(others);
  const refused = 'cannot be set for an Ephemeral Container';
  containers.forEach((container, i) => {
    const at = path.index(i);
    errors.push(...validateContainer(container, at, context), ...validateImagePadding(container, at));
    if (names.has(container.name)) errors.push(duplicate(at.child('name'), container.name));
    names.add(container.name);
    const target = container.targetContainerName;
    if (target && !others.has(target)) errors.push(notFound(at.child('targetContainerName'), target));
    for (const field of notEphemeral) if (isSet(container, field)) errors.push(forbidden(at.child(field), refused));
    (container.volumeMounts ?? []).forEach((mount, n) => {
      const mountPath = at.child('volumeMounts').index(n);
      if (mount.subPath) errors.push(forbidden(mountPath.child('subPath'), refused));
      if (mount.subPathExpr) errors.push(forbidden(mountPath.child('subPathExpr'), refused));
    });
  });
  return errors;
}

/** Probes and hooks are pointers in Go, and lists that were sent empty are no nil: empty ones are set as well. */
function isSet(container: AnyContainer, field: (typeof notEphemeral)[number]): boolean {
  const value = asSent(container, field);
  if (field === 'resources') return !isEmpty(value) || hasSentEmpty(value);
  return value !== undefined && value !== null;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.values(value).every(isEmpty));

export function validateImagePadding(container: AnyContainer, path: FieldPath): FieldError[] {
  const image = container.image ?? '';
  return image === image.trim() ? [] : [invalid(path.child('image'), image, 'must not have leading or trailing whitespace')];
}

const messagePolicies = ['File', 'FallbackToLogsOnError'];

function validateContainer(container: AnyContainer, path: FieldPath, context: ContainerContext): FieldError[] {
  const errors: FieldError[] = [];
  if (!container.name) errors.push(required(path.child('name')));
  else errors.push(...invalids(path.child('name'), container.name, isDns1123Label(container.name)));
  if (!container.image) errors.push(required(path.child('image')));
  const policy = container.terminationMessagePolicy ?? '';
  if (policy === '') errors.push(required(path.child('terminationMessagePolicy')));
  else if (!messagePolicies.includes(policy)) errors.push(notSupported(path.child('terminationMessagePolicy'), policy, messagePolicies));
  errors.push(...validatePorts(container.ports ?? [], path.child('ports')));
  errors.push(...validateEnvironment(container.env ?? [], path.child('env')));
  errors.push(...validateEnvironmentSources(container.envFrom ?? [], path.child('envFrom')));
  errors.push(...validateMounts(container, path.child('volumeMounts'), context.volumes));
  errors.push(...validateDevices(container, path.child('volumeDevices'), context.volumes));
  errors.push(...validatePullPolicy(container.imagePullPolicy, path.child('imagePullPolicy')));
  errors.push(...validateResourceRequirements(container.resources, path.child('resources'), context.claims));
  errors.push(...validateResizePolicy(container, path.child('resizePolicy'), context.spec.restartPolicy));
  errors.push(
    ...validateContainerSecurityContext(container.securityContext, path.child('securityContext'), context.spec.hostUsers !== false),
  );
  return errors;
}

function validatePorts(ports: readonly ContainerPort[], path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const at = path.index(i);
    if (port.name) {
      const messages = isPortName(port.name);
      errors.push(...invalids(at.child('name'), port.name, messages));
      if (messages.length === 0 && names.has(port.name)) errors.push(duplicate(at.child('name'), port.name));
      names.add(port.name);
    }
    if (!port.containerPort) errors.push(required(at.child('containerPort')));
    else errors.push(...invalids(at.child('containerPort'), port.containerPort, isPortNumber(port.containerPort)));
    if (port.hostPort) errors.push(...invalids(at.child('hostPort'), port.hostPort, isPortNumber(port.hostPort)));
    if (!port.protocol) errors.push(required(at.child('protocol')));
    else if (!protocols.includes(port.protocol)) errors.push(notSupported(at.child('protocol'), port.protocol, protocols));
  });
  return errors;
}

function validateHostPortConflicts(containers: readonly Container[], path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  containers.forEach((container, i) => {
    (container.ports ?? []).forEach((port, n) => {
      if (!port.hostPort) return;
      const key = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (taken.has(key)) errors.push(duplicate(path.index(i).child('ports').index(n).child('hostPort'), key));
      taken.add(key);
    });
  });
  return errors;
}

const environmentFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

function validateEnvironment(variables: readonly EnvVar[], path: FieldPath): FieldError[] {
  return variables.flatMap((variable, i) => {
    const at = path.index(i);
    const errors = variable.name
      ? invalids(at.child('name'), variable.name, isEnvironmentName(variable.name))
      : [required(at.child('name'))];
    return [...errors, ...validateValueFrom(variable, at.child('valueFrom'))];
  });
}

function validateValueFrom(variable: EnvVar, path: FieldPath): FieldError[] {
  const from = variable.valueFrom;
  if (!from) return [];
  const errors: FieldError[] = [];
  if (from.fieldRef) errors.push(...validateFieldRef(from.fieldRef, environmentFields, path.child('fieldRef')));
  if (from.resourceFieldRef) errors.push(...validateResourceFieldRef(from.resourceFieldRef, path.child('resourceFieldRef'), false));
  if (from.configMapKeyRef) errors.push(...validateKeySelector(from.configMapKeyRef, path.child('configMapKeyRef')));
  if (from.secretKeyRef) errors.push(...validateKeySelector(from.secretKeyRef, path.child('secretKeyRef')));
  if (from.fileKeyRef) errors.push(...validateFileKeyRef(from.fileKeyRef, path.child('fileKeyRef')));
  const count = [from.fieldRef, from.resourceFieldRef, from.configMapKeyRef, from.secretKeyRef, from.fileKeyRef].filter(Boolean).length;
  if (count === 0) {
    errors.push(
      invalid(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'),
    );
  } else if (variable.value) errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  else if (count > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  return errors;
}

function validateFileKeyRef(ref: { key?: string; volumeName?: string; path?: string }, path: FieldPath): FieldError[] {
  const { key = '', volumeName = '', path: file = '' } = ref;
  return [
    ...(key === '' ? [required(path.child('key'))] : invalids(path.child('key'), key, isEnvironmentName(key))),
    ...(volumeName === ''
      ? [required(path.child('volumeName'))]
      : invalids(path.child('volumeName'), volumeName, isDns1123Label(volumeName))),
    ...(file === '' ? [required(path.child('path'))] : validateNoBacksteps(file, path.child('path'))),
  ];
}

function validateEnvironmentSources(sources: readonly EnvFromSource[], path: FieldPath): FieldError[] {
  return sources.flatMap((source, i) => {
    const at = path.index(i);
    const errors = source.prefix ? invalids(at.child('prefix'), source.prefix, isEnvironmentName(source.prefix)) : [];
    for (const kind of ['configMapRef', 'secretRef'] as const) {
      const ref = source[kind];
      if (!ref) continue;
      if (!ref.name) errors.push(required(at.child(kind, 'name')));
      else errors.push(...invalids(at.child(kind, 'name'), ref.name, nameIsDnsSubdomain(ref.name, true)));
    }
    if (!source.configMapRef && !source.secretRef) errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (source.configMapRef && source.secretRef)
      errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
    return errors;
  });
}

function validateMounts(container: AnyContainer, path: FieldPath, volumes: ReadonlyMap<string, Volume>): FieldError[] {
  const errors: FieldError[] = [];
  const devices = container.volumeDevices ?? [];
  const points = new Set<string>();
  (container.volumeMounts ?? []).forEach((mount, i) => {
    const at = path.index(i);
    if (!mount.name) errors.push(required(at.child('name')));
    if (!volumes.has(mount.name)) errors.push(notFound(at.child('name'), mount.name ?? ''));
    if (!mount.mountPath) errors.push(required(at.child('mountPath')));
    if (points.has(mount.mountPath)) errors.push(invalid(at.child('mountPath'), mount.mountPath, 'must be unique'));
    points.add(mount.mountPath);
    if (devices.some((d) => d.name === mount.name))
      errors.push(invalid(at.child('name'), mount.name, 'must not already exist in volumeDevices'));
    if (devices.some((d) => d.devicePath === mount.mountPath)) {
      errors.push(invalid(at.child('mountPath'), mount.mountPath, 'must not already exist as a path in volumeDevices'));
    }
    // Without the index: that is how the real server names these fields.
    if (mount.subPath) errors.push(...validateDescendingPath(mount.subPath, path.child('subPath')));
    if (mount.subPathExpr) {
      if (mount.subPath) errors.push(invalid(at.child('subPathExpr'), mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
      errors.push(...validateDescendingPath(mount.subPathExpr, path.child('subPathExpr')));
    }
    errors.push(...validatePropagation(mount, container, path.child('mountPropagation')));
    errors.push(...validateRecursiveReadOnly(mount, path.child('recursiveReadOnly')));
  });
  return errors;
}

const propagations = ['Bidirectional', 'HostToContainer', 'None'];

function validatePropagation(mount: VolumeMount, container: AnyContainer, path: FieldPath): FieldError[] {
  const value = mount.mountPropagation;
  if (value === undefined) return [];
  const errors = propagations.includes(value) ? [] : [notSupported(path, value, propagations)];
  if (value === 'Bidirectional' && !container.securityContext?.privileged) {
    errors.push(forbidden(path, 'Bidirectional mount propagation is available only to privileged containers'));
  }
  return errors;
}

function validateRecursiveReadOnly(mount: VolumeMount, path: FieldPath): FieldError[] {
  const value = mount.recursiveReadOnly;
  if (value === undefined || value === 'Disabled') return [];
  if (value !== 'Enabled' && value !== 'IfPossible') return [notSupported(path, value, ['Disabled', 'Enabled', 'IfPossible'])];
  const errors = mount.readOnly ? [] : [forbidden(path, 'may only be specified when readOnly is true')];
  if (mount.mountPropagation !== undefined && mount.mountPropagation !== 'None') {
    errors.push(forbidden(path, 'may only be specified when mountPropagation is None or not specified'));
  }
  return errors;
}

function validateDevices(container: AnyContainer, path: FieldPath, volumes: ReadonlyMap<string, Volume>): FieldError[] {
  const errors: FieldError[] = [];
  const mounts = container.volumeMounts ?? [];
  const names = new Set<string>();
  const paths = new Set<string>();
  (container.volumeDevices ?? []).forEach(({ name = '', devicePath = '' }, i) => {
    const at = path.index(i);
    const volume = volumes.get(name);
    if (name === '') errors.push(required(at.child('name')));
    if (names.has(name)) errors.push(invalid(at.child('name'), name, 'must be unique'));
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral) {
      errors.push(invalid(at.child('name'), name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'));
    }
    if (!volume) errors.push(notFound(at.child('name'), name));
    if (devicePath === '') errors.push(required(at.child('devicePath')));
    if (paths.has(devicePath)) errors.push(invalid(at.child('devicePath'), devicePath, 'must be unique'));
    if (devicePath.split('/').includes('..')) errors.push(invalid(at.child('devicePath'), devicePath, "can not contain backsteps ('..')"));
    else paths.add(devicePath);
    if (mounts.some((m) => m.name === name)) errors.push(invalid(at.child('name'), name, 'must not already exist in volumeMounts'));
    if (mounts.some((m) => m.mountPath === devicePath)) {
      errors.push(invalid(at.child('devicePath'), devicePath, 'must not already exist as a path in volumeMounts'));
    }
    if (name !== '') names.add(name);
  });
  return errors;
}

type NameRule = (name: string, path: FieldPath) => FieldError[];

/** Requests and limits of a container, or of a pod with another rule for names. @param claims names of the pod's resource claims */
export function validateResourceRequirements(
  resources: ResourceRequirements | undefined,
  path: FieldPath,
  claims: ReadonlySet<string> = new Set(),
  nameRule: NameRule = validateContainerResourceName,
): FieldError[] {
  const errors: FieldError[] = [];
  const { limits = {}, requests = {} } = resources ?? {};
  const amount = (name: string, text: string, at: FieldPath): void => {
    errors.push(...nameRule(name, at), ...validateResourceAmount(name, text, at));
  };
  const hugePage = (name: string, text: string, at: FieldPath): void => {
    if (!isHugePages(name) || isHugePageMultiple(name, text)) return;
    errors.push(invalid(at, text, `${text} is not positive integer multiple of ${name}`));
  };
  for (const [name, text] of Object.entries(limits)) {
    amount(name, text, path.child('limits').key(name));
    hugePage(name, text, path.child('limits').key(name));
  }
  for (const [name, text] of Object.entries(requests)) {
    amount(name, text, path.child('requests').key(name));
    const limit = limits[name];
    if (limit !== undefined) {
      const order = parseQuantity(text).compare(parseQuantity(limit));
      if (order !== 0 && !isOvercommitAllowed(name)) {
        errors.push(invalid(path.child('requests'), text, `must be equal to ${name} limit of ${limit}`));
      } else if (order > 0) errors.push(invalid(path.child('requests'), text, `must be less than or equal to ${name} limit of ${limit}`));
    } else if (!isOvercommitAllowed(name))
      errors.push(required(path.child('limits'), 'Limit must be set for non overcommitable resources'));
    hugePage(name, text, path.child('requests').key(name));
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.some((name) => name === 'cpu' || name === 'memory')) {
    errors.push(forbidden(path, 'HugePages require cpu or memory'));
  }
  return [...errors, ...validateClaimNames(resources?.claims ?? [], path.child('claims'), claims)];
}

function validateClaimNames(
  claims: readonly { name: string; request?: string }[],
  path: FieldPath,
  known: ReadonlySet<string>,
): FieldError[] {
  const errors: FieldError[] = [];
  const keys = new Set<string>();
  claims.forEach(({ name, request }, i) => {
    const at = path.index(i);
    if (!name) {
      errors.push(required(at));
      return;
    }
    if (keys.has(name)) errors.push(duplicate(at, name));
    else {
      if (request) errors.push(...invalids(at.child('request'), request, isDns1123Label(request)));
      const key = request ? `${name}/${request}` : name;
      if (keys.has(key)) errors.push(duplicate(at, key));
      else if (!request && [...keys].some((other) => other.startsWith(`${name}/`))) errors.push(duplicate(at, name));
      keys.add(key);
    }
    if (known.has(name)) return;
    const detail = known.size === 0 ? ' which is empty' : `: ${sorted(known).join(', ')}`;
    const missing = notFound(at, name);
    errors.push({ ...missing, message: `${missing.message}: must be one of the names in pod.spec.resourceClaims${detail}` });
  });
  return errors;
}

function validateResizePolicy(container: AnyContainer, path: FieldPath, podRestartPolicy: string | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  (container.resizePolicy ?? []).forEach(({ resourceName = '', restartPolicy = '' }, i) => {
    if (seen.has(resourceName)) errors.push(duplicate(path.index(i), resourceName));
    seen.add(resourceName);
    if (resourceName === '') errors.push(required(path));
    else if (resourceName !== 'cpu' && resourceName !== 'memory') errors.push(notSupported(path, resourceName, ['cpu', 'memory']));
    if (restartPolicy === '') errors.push(required(path));
    else if (restartPolicy !== 'NotRequired' && restartPolicy !== 'RestartContainer') {
      errors.push(notSupported(path, restartPolicy, ['NotRequired', 'RestartContainer']));
    }
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      errors.push(invalidTyped(path, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"));
    }
  });
  return errors;
}

const restartPolicies = ['Always', 'Never', 'OnFailure'];
const needsPolicy = 'must specify restartPolicy when restart rules are used';

function validateRestartRules(container: Container, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const rules = container.restartPolicyRules ?? [];
  const policy = container.restartPolicy;
  if (policy === undefined) {
    if (rules.length === 0) return [];
    errors.push(required(path.child('restartPolicy'), needsPolicy));
  } else if (!restartPolicies.includes(policy)) errors.push(notSupported(path.child('restartPolicy'), policy, restartPolicies));
  const at = path.child('restartPolicyRules');
  if (rules.length > 20) errors.push(tooMany(at, rules.length, 20));
  rules.forEach((rule, i) => {
    const actions = ['Restart', 'RestartAllContainers'];
    if (!actions.includes(rule.action ?? '')) errors.push(notSupported(at.index(i).child('action'), rule.action ?? '', actions));
    const codes = at.index(i).child('exitCodes');
    if (!rule.exitCodes) {
      errors.push(required(codes, 'must be specified'));
      return;
    }
    const operators = ['In', 'NotIn'];
    if (!operators.includes(rule.exitCodes.operator ?? ''))
      errors.push(notSupported(codes.child('operator'), rule.exitCodes.operator ?? '', operators));
    const values = rule.exitCodes.values ?? [];
    if (values.length > 255) errors.push(tooMany(codes.child('values'), values.length, 255));
  });
  return errors;
}

function validateInitRestartPolicy(container: Container, path: FieldPath): FieldError[] {
  if (container.restartPolicy !== undefined) return validateRestartRules(container, path);
  return (container.restartPolicyRules ?? []).length > 0 ? [required(path.child('restartPolicy'), needsPolicy)] : [];
}

function validateLifeOf(container: Container, path: FieldPath, spec: PodSpec): FieldError[] {
  const errors: FieldError[] = [];
  const grace = spec.terminationGracePeriodSeconds;
  if (container.lifecycle) errors.push(...validateLifecycle(container.lifecycle, path.child('lifecycle'), spec));
  for (const kind of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probe = container[kind];
    if (!probe) continue;
    const at = path.child(kind);
    errors.push(...validateProbe(probe, at, grace));
    if (kind !== 'readinessProbe' && probe.successThreshold !== 1) {
      errors.push(invalid(at.child('successThreshold'), probe.successThreshold, 'must be 1'));
    }
    if (kind === 'readinessProbe' && probe.terminationGracePeriodSeconds !== undefined) {
      errors.push(
        invalid(at.child('terminationGracePeriodSeconds'), probe.terminationGracePeriodSeconds, 'must not be set for readinessProbes'),
      );
    }
  }
  return errors;
}

const probeNumbers = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const;

function validateProbe(probe: Probe, path: FieldPath, grace: number | undefined): FieldError[] {
  const errors = validateHandler(probe, path, grace);
  for (const name of probeNumbers) errors.push(...validateNonNegative(probe[name] ?? 0, path.child(name)));
  const own = probe.terminationGracePeriodSeconds;
  if (own !== undefined && own <= 0) errors.push(invalid(path.child('terminationGracePeriodSeconds'), own, 'must be greater than 0'));
  return errors;
}

type Handler = LifecycleHandler & Pick<Probe, 'grpc'>;

function validateHandler(handler: Handler, path: FieldPath, grace: number | undefined): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  const one = (name: string, check: () => FieldError[]): void => {
    if (count > 0) errors.push(forbidden(path.child(name), 'may not specify more than 1 handler type'));
    else errors.push(...check());
    count++;
  };
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  if (exec) one('exec', () => ((exec.command ?? []).length === 0 ? [required(path.child('exec', 'command'))] : []));
  if (httpGet) one('httpGet', () => validateHttpGet(httpGet, path.child('httpGet')));
  if (tcpSocket) one('tcpSocket', () => validatePort(tcpSocket.port, path.child('tcpSocket', 'port')));
  if (grpc) one('grpc', () => validatePort(grpc.port ?? 0, path.child('grpc', 'port')));
  if (sleep) {
    one('sleep', () => {
      const seconds = sleep.seconds ?? 0;
      if (grace === undefined || (seconds >= 0 && seconds <= grace)) return [];
      return [invalid(path.child('sleep'), seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`)];
    });
  }
  if (count === 0) errors.push(required(path, 'must specify a handler type'));
  return errors;
}

function validateHttpGet(action: NonNullable<Probe['httpGet']>, path: FieldPath): FieldError[] {
  const errors = action.path ? [] : [required(path.child('path'))];
  errors.push(...validatePort(action.port, path.child('port')));
  const schemes = ['HTTP', 'HTTPS'];
  if (!schemes.includes(action.scheme ?? '')) errors.push(notSupported(path.child('scheme'), action.scheme ?? '', schemes));
  for (const header of action.httpHeaders ?? [])
    errors.push(...invalids(path.child('httpHeaders'), header.name ?? '', isHttpHeaderName(header.name ?? '')));
  return errors;
}

/** A port's number or name. */
export function validatePort(port: IntOrString | undefined, path: FieldPath): FieldError[] {
  return typeof port === 'string' ? invalids(path, port, isPortName(port)) : invalids(path, port ?? 0, isPortNumber(port ?? 0));
}

const signals = [
  ...'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ'
    .split(' ')
    .map((name) => `SIG${name}`),
  'SIGRTMIN',
  'SIGRTMAX',
  ...Array.from({ length: 15 }, (_, i) => `SIGRTMIN+${i + 1}`),
  ...Array.from({ length: 14 }, (_, i) => `SIGRTMAX-${i + 1}`),
].sort();

function validateLifecycle(lifecycle: Lifecycle, path: FieldPath, spec: PodSpec): FieldError[] {
  const grace = spec.terminationGracePeriodSeconds;
  const errors: FieldError[] = [];
  if (lifecycle.postStart) errors.push(...validateHandler(lifecycle.postStart, path.child('postStart'), grace));
  if (lifecycle.preStop) errors.push(...validateHandler(lifecycle.preStop, path.child('preStop'), grace));
  const signal = lifecycle.stopSignal;
  if (signal === undefined) return errors;
  if (!spec.os) return [...errors, forbidden(path.child('stopSignal'), 'may not be set for containers with empty `spec.os.name`')];
  const allowed = spec.os.name === 'windows' ? ['SIGKILL', 'SIGTERM'] : spec.os.name === 'linux' ? signals : [signal];
  return allowed.includes(signal) ? errors : [...errors, notSupported(path.child('stopSignal'), signal, allowed)];
}
