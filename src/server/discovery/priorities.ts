/** Priorities of the built-in groups, as the APIService objects of kube-apiserver 1.36 hold them; the higher comes first. */
export const groupPriorities: Readonly<Record<string, number>> = {
  '': 18_000,
  'apiregistration.k8s.io': 20_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'admissionregistration.k8s.io': 16_700,
  'apiextensions.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'resource.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
};

/** Of groups that CustomResourceDefinitions make. */
const otherGroups = 1000;

/** Of versions, where it is not the usual one. */
const versionPriorities: Readonly<Record<string, number>> = {
  '/v1': 1,
  'autoscaling/v2': 30,
  'flowcontrol.apiserver.k8s.io/v1': 21,
  'resource.k8s.io/v1': 21,
};

/** What the APIService of a group and version says of its place. */
export function servicePriorities(group: string, version: string): { groupPriorityMinimum: number; versionPriority: number } {
  const groupPriorityMinimum = groupPriorities[group];
  if (groupPriorityMinimum === undefined) return { groupPriorityMinimum: otherGroups, versionPriority: 100 };
  return { groupPriorityMinimum, versionPriority: versionPriorities[`${group}/${version}`] ?? 15 };
}

export function compareGroups(a: string, b: string): number {
  return (groupPriorities[b] ?? otherGroups) - (groupPriorities[a] ?? otherGroups) || (a < b ? -1 : a > b ? 1 : 0);
}

/** Kubernetes' order of versions: stable ones before betas before alphas, newer first; other names last, by the alphabet. */
export function compareVersions(a: string, b: string): number {
  const left = rankOf(a);
  const right = rankOf(b);
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : 1;
  return right.level - left.level || right.major - left.major || right.minor - left.minor;
}

const levels: Readonly<Record<string, number>> = { alpha: 0, beta: 1 };

function rankOf(version: string): { level: number; major: number; minor: number } | undefined {
  const match = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version);
  if (!match) return undefined;
  return { level: match[2] ? levels[match[2]]! : 2, major: Number(match[1]), minor: Number(match[3] ?? 0) };
}
