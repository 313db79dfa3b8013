import { goQuote } from '../../../api/meta/go-quote.ts';
import type { Container, LifecycleHandler, Probe } from '../../../openapi/types.ts';
import {
  type Check,
  containersOf,
  containersText,
  counted,
  listed,
  namesWhere,
  quoted,
  relaxedForUserNamespaces,
  settersText,
  type VersionedCheck,
} from './check.ts';

const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/';

const appArmorProfile: Check = (pod) => {
  const bad = (type: string | undefined) => type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost';
  const podType = pod.spec.securityContext?.appArmorProfile?.type;
  const typeOf = (container: Container) => container.securityContext?.appArmorProfile?.type;
  const setters = namesWhere(pod, (container) => bad(typeOf(container)));
  const types = [
    ...(bad(podType) ? [podType!] : []),
    ...containersOf(pod).flatMap((container) => (bad(typeOf(container)) ? [typeOf(container)!] : [])),
  ];
  const annotations = Object.entries(pod.metadata.annotations ?? {})
    .filter(([key, value]) => key.startsWith(appArmorAnnotation) && !/^($|runtime\/default$|localhost\/)/.test(value))
    .map(([key, value]) => `${key}=${goQuote(value)}`);
  const values = [...listed(types), ...listed(annotations)];
  const further = annotations.length === 0 ? [] : [annotations.length === 1 ? 'annotation' : 'annotations'];
  if (values.length === 0) return undefined;
  return {
    reason: values.length === 1 ? 'forbidden AppArmor profile' : 'forbidden AppArmor profiles',
    detail: `${settersText(bad(podType), setters, further)} must not set AppArmor profile type to ${quoted(values)}`,
  };
};

const defaultCapabilities = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(' '),
);

const capabilities: Check = (pod) => {
  const added = (container: Container) =>
    (container.securityContext?.capabilities?.add ?? []).filter((name) => !defaultCapabilities.has(name));
  const names = namesWhere(pod, (container) => added(container).length > 0);
  if (names.length === 0) return undefined;
  const bad = listed(containersOf(pod).flatMap(added));
  return {
    reason: 'non-default capabilities',
    detail: `${containersText(names)} must not include ${quoted(bad)} in securityContext.capabilities.add`,
  };
};

const hostNamespaces: Check = ({ spec }) => {
  const used = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field]);
  return used.length > 0 ? { reason: 'host namespaces', detail: used.map((field) => `${field}=true`).join(', ') } : undefined;
};

const hostPathVolumes: Check = ({ spec }) => {
  const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name);
  return names.length > 0 ? { reason: 'hostPath volumes', detail: counted('volume', 'volumes', names) } : undefined;
};

const hostPorts: Check = (pod) => {
  const portsOf = (container: Container) => (container.ports ?? []).flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []));
  const names = namesWhere(pod, (container) => portsOf(container).length > 0);
  if (names.length === 0) return undefined;
  const ports = listed(containersOf(pod).flatMap(portsOf));
  const verb = names.length === 1 ? 'uses' : 'use';
  return {
    reason: 'hostPort',
    detail: `${containersText(names)} ${verb} ${ports.length === 1 ? 'hostPort' : 'hostPorts'} ${ports.join(', ')}`,
  };
};

const probeHosts: Check = (pod) => {
  const hostOf = (handler: Probe | LifecycleHandler | undefined) =>
    [handler?.httpGet?.host, handler?.tcpSocket?.host].filter((host) => host) as string[];
  const hostsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container) =>
    [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap(hostOf);
  const names = listed(namesWhere(pod, (container) => hostsOf(container).length > 0));
  if (names.length === 0) return undefined;
  const hosts = listed(containersOf(pod).flatMap(hostsOf));
  const verb = names.length === 1 ? 'uses' : 'use';
  const what = counted('probe or lifecycle host', 'probe or lifecycle hosts', hosts);
  return { reason: 'probe or lifecycle host', detail: `${containersText(names)} ${verb} ${what}` };
};

const privileged: Check = (pod) => {
  const names = namesWhere(pod, ({ securityContext }) => securityContext?.privileged === true);
  return names.length > 0
    ? { reason: 'privileged', detail: `${containersText(names)} must not set securityContext.privileged=true` }
    : undefined;
};

export const procMount: Check = (pod) => {
  const bad = ({ securityContext }: Container) => (securityContext?.procMount ?? 'Default') !== 'Default';
  const names = namesWhere(pod, bad);
  if (names.length === 0) return undefined;
  const types = listed(
    containersOf(pod)
      .filter(bad)
      .map(({ securityContext }) => securityContext!.procMount!),
  );
  return { reason: 'procMount', detail: `${containersText(names)} must not set securityContext.procMount to ${quoted(types)}` };
};

const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

const seLinuxOptions =
  (allowed: readonly string[]): Check =>
  (pod) => {
    interface Options {
      readonly type?: string;
      readonly user?: string;
      readonly role?: string;
    }
    const badType = ({ type = '' }: Options) => !allowed.includes(type);
    const bad = (options: Options | undefined) =>
      options !== undefined && (badType(options) || Boolean(options.user) || Boolean(options.role));
    const podOptions = pod.spec.securityContext?.seLinuxOptions;
    const optionsOf = ({ securityContext }: Container) => securityContext?.seLinuxOptions;
    const names = namesWhere(pod, (container) => bad(optionsOf(container)));
    const all = [podOptions, ...containersOf(pod).map(optionsOf)].filter(bad) as Options[];
    if (all.length === 0) return undefined;
    const types = listed(all.filter(badType).map(({ type }) => type!));
    const data = [
      ...(types.length > 0 ? [counted('type', 'types', types)] : []),
      ...(all.some(({ user }) => user) ? ['user may not be set'] : []),
      ...(all.some(({ role }) => role) ? ['role may not be set'] : []),
    ];
    return {
      reason: 'seLinuxOptions',
      detail: `${settersText(bad(podOptions), names)} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`,
    };
  };

const seccompPodAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompContainerAnnotation = 'container.seccomp.security.alpha.kubernetes.io/';

// Before 1.19, profiles were set by annotations.
const seccompAnnotations: Check = (pod) => {
  const keys = [seccompPodAnnotation, ...containersOf(pod).map(({ name }) => `${seccompContainerAnnotation}${name}`)];
  const bad = keys.flatMap((key) => {
    const value = pod.metadata.annotations?.[key];
    return value === undefined || /^(runtime\/default$|docker\/default$|localhost\/)/.test(value) ? [] : [`${key}=${goQuote(value)}`];
  });
  const unique = listed(bad);
  if (unique.length === 0) return undefined;
  return { reason: 'seccompProfile', detail: `forbidden ${unique.length === 1 ? 'annotation' : 'annotations'} ${unique.join(', ')}` };
};

/** Set to something else than these two. */
export function isBadSeccomp(type: string | undefined): boolean {
  return type !== undefined && type !== 'Localhost' && type !== 'RuntimeDefault';
}

export const seccompProfile: Check = (pod) => {
  const podType = pod.spec.securityContext?.seccompProfile?.type;
  const typeOf = ({ securityContext }: Container) => securityContext?.seccompProfile?.type;
  const names = namesWhere(pod, (container) => isBadSeccomp(typeOf(container)));
  const types = listed([podType, ...containersOf(pod).map(typeOf)].filter(isBadSeccomp) as string[]);
  if (types.length === 0) return undefined;
  const setters = settersText(isBadSeccomp(podType), names);
  return { reason: 'seccompProfile', detail: `${setters} must not set securityContext.seccompProfile.type to ${quoted(types)}` };
};

const sysctlsBy: readonly (readonly [minor: number, names: readonly string[]])[] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [29, ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes']],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
];

const sysctls = (until: number): Check => {
  const safe = new Set(sysctlsBy.flatMap(([minor, names]) => (minor <= until ? names : [])));
  return ({ spec }) => {
    const names = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !safe.has(name));
    return names.length > 0 ? { reason: 'forbidden sysctls', detail: names.join(', ') } : undefined;
  };
};

const windowsHostProcess: Check = (pod) => {
  const podDoes = pod.spec.securityContext?.windowsOptions?.hostProcess === true;
  const names = namesWhere(pod, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true);
  if (!podDoes && names.length === 0) return undefined;
  return { reason: 'hostProcess', detail: `${settersText(podDoes, names)} must not set securityContext.windowsOptions.hostProcess=true` };
};

/** The baseline standard, in the order in which violations are named. */
export const baseline: readonly VersionedCheck[] = [
  { id: 'appArmorProfile', since: [[0, appArmorProfile]] },
  { id: 'capabilities_baseline', since: [[0, capabilities]] },
  { id: 'hostNamespaces', since: [[0, hostNamespaces]] },
  { id: 'hostPathVolumes', since: [[0, hostPathVolumes]] },
  { id: 'hostPorts', since: [[0, hostPorts]] },
  { id: 'hostProbesAndHostLifecycle', since: [[34, probeHosts]] },
  { id: 'privileged', since: [[0, privileged]] },
  {
    id: 'procMount',
    since: [
      [0, procMount],
      [35, relaxedForUserNamespaces(procMount)],
    ],
  },
  {
    id: 'seLinuxOptions',
    since: [
      [0, seLinuxOptions(seLinuxTypes)],
      [31, seLinuxOptions([...seLinuxTypes, 'container_engine_t'])],
    ],
  },
  {
    id: 'seccompProfile_baseline',
    since: [
      [0, seccompAnnotations],
      [19, seccompProfile],
    ],
  },
  { id: 'sysctls', since: sysctlsBy.map(([minor]) => [minor, sysctls(minor)]) },
  { id: 'windowsHostProcess', since: [[0, windowsHostProcess]] },
];
