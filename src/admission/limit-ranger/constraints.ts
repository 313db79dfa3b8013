import type { KubeObject } from '../../../api/meta/object.ts';
import { parseQuantity, type Quantity } from '../../../api/meta/quantity.ts';
import { parseResources, podLimits, podRequests } from '../../../api/meta/resources.ts';
import type { LimitRange, LimitRangeItem } from '../../../openapi/types.ts';

type Amounts = ReadonlyMap<string, Quantity>;
const none: Amounts = new Map();

/** What in a pod is beyond the bounds of a LimitRange. */
export function podViolations(pod: KubeObject, range: LimitRange): string[] {
  const violations: string[] = [];
  for (const item of range.spec?.limits ?? []) {
    if (item.type === 'Container') {
      for (const { resources } of [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])]) {
        violations.push(...violationsOf(item, parseResources(resources?.requests), parseResources(resources?.limits)));
      }
    } else if (item.type === 'Pod') {
      const { overhead: _, ...spec } = pod.spec;
      violations.push(...violationsOf(item, podRequests(spec), podLimits(spec)));
    }
  }
  return violations;
}

/** What a claim asks for beyond the bounds of a LimitRange. */
export function claimViolations(claim: KubeObject, range: LimitRange): string[] {
  const requests = parseResources(claim.spec?.resources?.requests);
  return (range.spec?.limits ?? [])
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap((item) => [
      ...each(item.min, (name, bound) => belowMinimum(item.type, name, bound, requests, none)),
      ...each(item.max, (name, bound) => requestAboveMaximum(item.type, name, bound, requests)),
    ]);
}

function violationsOf(item: LimitRangeItem, requests: Amounts, limits: Amounts): string[] {
  return [
    ...each(item.min, (name, bound) => belowMinimum(item.type, name, bound, requests, limits)),
    ...each(item.max, (name, bound) => aboveMaximum(item.type, name, bound, requests, limits)),
    ...each(item.maxLimitRequestRatio, (name, bound) => ratioAbove(item.type, name, bound, requests, limits)),
  ];
}

function each(
  bounds: Readonly<Record<string, string>> | undefined,
  violation: (name: string, bound: Quantity) => string | undefined,
): string[] {
  return Object.entries(bounds ?? {}).flatMap(([name, text]) => violation(name, parseQuantity(text)) ?? []);
}

function belowMinimum(type: string, name: string, bound: Quantity, requests: Amounts, limits: Amounts): string | undefined {
  const text = `minimum ${name} usage per ${type} is ${bound}`;
  const request = requests.get(name);
  const limit = limits.get(name);
  if (!request) return `${text}.  No request is specified`;
  if (request.compare(bound) < 0) return `${text}, but request is ${request}`;
  return limit && limit.compare(bound) < 0 ? `${text}, but limit is ${limit}` : undefined;
}

function aboveMaximum(type: string, name: string, bound: Quantity, requests: Amounts, limits: Amounts): string | undefined {
  const text = `maximum ${name} usage per ${type} is ${bound}`;
  const limit = limits.get(name);
  if (!limit) return `${text}.  No limit is specified`;
  if (limit.compare(bound) > 0) return `${text}, but limit is ${limit}`;
  return requests.has(name) ? requestAboveMaximum(type, name, bound, requests) : undefined;
}

function requestAboveMaximum(type: string, name: string, bound: Quantity, requests: Amounts): string | undefined {
  const text = `maximum ${name} usage per ${type} is ${bound}`;
  const request = requests.get(name);
  if (!request) return `${text}.  No request is specified`;
  return request.compare(bound) > 0 ? `${text}, but request is ${request}` : undefined;
}

function ratioAbove(type: string, name: string, bound: Quantity, requests: Amounts, limits: Amounts): string | undefined {
  const text = `${name} max limit to request ratio per ${type} is ${bound}`;
  const request = requests.get(name);
  const limit = limits.get(name);
  if (!request || request.isZero()) return `${text}, but no request is specified or request is 0`;
  if (!limit || limit.isZero()) return `${text}, but no limit is specified or limit is 0`;
  const ratio = limit.toNumber() / request.toNumber();
  return ratio > bound.toNumber() ? `${text}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
}
