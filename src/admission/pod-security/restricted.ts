import type { Container } from '../../../openapi/types.ts';
import { isBadSeccomp, procMount, seccompProfile } from './baseline.ts';
import {
  type Check,
  containersOf,
  containersText,
  counted,
  linuxOnly,
  listed,
  namesWhere,
  quoted,
  relaxedForUserNamespaces,
  settersText,
  type VersionedCheck,
} from './check.ts';

const allowPrivilegeEscalation: Check = (pod) => {
  const names = namesWhere(pod, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  if (names.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`,
  };
};

const capabilities: Check = (pod) => {
  const added = ({ securityContext }: Container) =>
    (securityContext?.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
  const keeping = namesWhere(pod, ({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'));
  const adding = namesWhere(pod, (container) => added(container).length > 0);
  const details: string[] = [];
  if (keeping.length > 0) details.push(`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`);
  if (adding.length > 0) {
    const bad = listed(containersOf(pod).flatMap(added));
    details.push(`${containersText(adding)} must not include ${quoted(bad)} in securityContext.capabilities.add`);
  }
  return details.length > 0 ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined;
};

const freeVolumes = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret'];

const volumes: Check = ({ spec }) => {
  const typesOf = (volume: object) => Object.keys(volume).filter((field) => field !== 'name');
  const bad = (spec.volumes ?? []).filter((volume) => !typesOf(volume).some((type) => freeVolumes.includes(type)));
  if (bad.length === 0) return undefined;
  const types = listed(bad.map((volume) => typesOf(volume)[0] ?? 'unknown'));
  const names = bad.map(({ name }) => name);
  const what = counted('restricted volume type', 'restricted volume types', types);
  return {
    reason: 'restricted volume types',
    detail: `${counted('volume', 'volumes', names)} ${names.length === 1 ? 'uses' : 'use'} ${what}`,
  };
};

const runAsNonRoot: Check = (pod) => {
  const reason = 'runAsNonRoot != true';
  const forPod = pod.spec.securityContext?.runAsNonRoot;
  const answerOf = ({ securityContext }: Container) => securityContext?.runAsNonRoot;
  const refusing = namesWhere(pod, (container) => answerOf(container) === false);
  if (forPod === false || refusing.length > 0) {
    return { reason, detail: `${settersText(forPod === false, refusing)} must not set securityContext.runAsNonRoot=false` };
  }
  const silent = forPod === true ? [] : namesWhere(pod, (container) => answerOf(container) === undefined);
  return silent.length > 0 ? { reason, detail: `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true` } : undefined;
};

const runAsUser: Check = (pod) => {
  const podIsRoot = pod.spec.securityContext?.runAsUser === 0;
  const names = namesWhere(pod, ({ securityContext }) => securityContext?.runAsUser === 0);
  if (!podIsRoot && names.length === 0) return undefined;
  return { reason: 'runAsUser=0', detail: `${settersText(podIsRoot, names)} must not set runAsUser=0` };
};

const seccompRequired: Check = (pod) => {
  const wrong = seccompProfile(pod);
  if (wrong) return wrong;
  const podType = pod.spec.securityContext?.seccompProfile?.type;
  if (podType !== undefined && !isBadSeccomp(podType)) return undefined;
  const silent = namesWhere(pod, ({ securityContext }) => securityContext?.seccompProfile === undefined);
  if (silent.length === 0) return undefined;
  return {
    reason: 'seccompProfile',
    detail: `pod or ${containersText(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  };
};

/** What the restricted standard asks beyond the baseline, in the order in which violations are named. */
export const restricted: readonly VersionedCheck[] = [
  {
    id: 'allowPrivilegeEscalation',
    since: [
      [8, allowPrivilegeEscalation],
      [25, linuxOnly(allowPrivilegeEscalation)],
    ],
  },
  {
    id: 'capabilities_restricted',
    replaces: 'capabilities_baseline',
    since: [
      [22, capabilities],
      [25, linuxOnly(capabilities)],
    ],
  },
  { id: 'procMount_restricted', replaces: 'procMount', since: [[35, procMount]] },
  { id: 'restrictedVolumes', replaces: 'hostPathVolumes', since: [[0, volumes]] },
  {
    id: 'runAsNonRoot',
    since: [
      [0, runAsNonRoot],
      [35, relaxedForUserNamespaces(runAsNonRoot)],
    ],
  },
  {
    id: 'runAsUser',
    since: [
      [23, runAsUser],
      [35, relaxedForUserNamespaces(runAsUser)],
    ],
  },
  {
    id: 'seccompProfile_restricted',
    replaces: 'seccompProfile_baseline',
    since: [
      [19, seccompRequired],
      [25, linuxOnly(seccompRequired)],
    ],
  },
];
