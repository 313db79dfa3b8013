import type { KubeObject } from '../../../api/meta/object.ts';
import { sorted } from '../../../api/meta/text.ts';
import type { LimitRange } from '../../../openapi/types.ts';

const annotation = 'kubernetes.io/limit-ranger';

type Amounts = Record<string, string>;
interface Container {
  readonly name: string;
  resources?: { requests?: Amounts; limits?: Amounts };
}

/** Sets the requests and limits that containers leave open, and notes on the pod which those are. */
export function setDefaults(pod: KubeObject, range: LimitRange): void {
  const limits: Amounts = {};
  const requests: Amounts = {};
  for (const item of range.spec?.limits ?? []) {
    if (item.type !== 'Container') continue;
    Object.assign(limits, item.default);
    Object.assign(requests, item.defaultRequest);
  }
  const notes: string[] = [];
  const fill = (containers: readonly Container[] | undefined, what: string) => {
    for (const container of containers ?? []) {
      const newLimits = fillIn(container, 'limits', limits);
      const newRequests = fillIn(container, 'requests', requests);
      if (newRequests.length > 0) notes.push(`${newRequests.join(', ')} request for ${what} ${container.name}`);
      if (newLimits.length > 0) notes.push(`${newLimits.join(', ')} limit for ${what} ${container.name}`);
    }
  };
  fill(pod.spec.containers, 'container');
  fill(pod.spec.initContainers, 'init container');
  if (notes.length === 0) return;
  const metadata = pod.metadata!;
  metadata.annotations = { ...metadata.annotations, [annotation]: `LimitRanger plugin set: ${notes.join('; ')}` };
}

/** @returns the names of what was set */
function fillIn(container: Container, part: 'requests' | 'limits', defaults: Amounts): string[] {
  const missing = sorted(Object.keys(defaults)).filter((name) => container.resources?.[part]?.[name] === undefined);
  if (missing.length === 0) return [];
  const added = Object.fromEntries(missing.map((name) => [name, defaults[name]!]));
  container.resources = { ...container.resources, [part]: { ...container.resources?.[part], ...added } };
  return missing;
}
