import { type Difference, differences, scrub } from '../normalize.ts';
import type { Observer } from './observer.ts';

const random = '[bcdfghjklmnpqrstvwxz2456789]{5}';
const patterns: readonly [RegExp, string][] = [
  // Pods that were refused, and the Jobs of a CronJob.
  [new RegExp(`-${random}(?=" is forbidden)`, 'g'), '-<random>'],
  [/-\d{8}\b/g, '-<minute>'],
  // Other scenarios have nodes of their own.
  [/\b0\/\d+(?= nodes are available)|\b\d+(?= node\(s\)| Preemption is not helpful)/g, '<n>'],
  // Upstream comes upon them through a map.
  [/(?<=Chose )"[^"]+"(?= arbitrarily)/g, '<one of them>'],
  [/(?<=controlled by multiple HPAs: )\[.*\]/g, '[<several>]'],
  [/(?<=exceeded quota: .*, used: pods=)\d+/g, '<n>'],
];

/** The reasons of nodes stand in an order that their numbers decide. */
const inOrder = (text: string): string =>
  text.replace(/(?<=nodes are available: ).*?(?=\.( |$))/g, (reasons) => reasons.split(', ').sort().join(', '));

/** Kinds whose events are told again with time. */
const periodic = new Set(['PersistentVolumeClaim', 'PodDisruptionBudget', 'HorizontalPodAutoscaler', 'CronJob']);

/** A budget's events of a moment: of a pod whose owner has just gone, or has not come yet. */
const passing = new Set(['CalculateExpectedPodCountFailed', 'UnmanagedPods', 'NoPods']);

/** Whether there is an event depends on how often something was tried: one that stands for several that were, or of pods that run by themselves. */
const isRepeated = ({ type, message }: any, runs: boolean) => (runs || type === 'Warning') && message.startsWith('(combined');

/** Something else was written at the same moment; it is tried again. */
const isConflict = ({ type, message }: any) => type === 'Warning' && message.includes('the object has been modified');

const fleet = new Set(['kwok', 'kubelet']);

/** Conditions of pods that controllers and the scheduler write; of others only type and status are compared. */
const controllersConditions = new Set(['PodScheduled', 'DisruptionTarget']);

/** What is compared of a server's namespace: each object as text, by its kind and name. */
export type Shown = ReadonlyMap<string, readonly string[]>;

/** @param runs see `Scenario.runs` */
export function shown(observer: Observer, namespace: string, runs: boolean): Shown {
  const names = observer.generatedNames(namespace);
  const tidy = (text: string) =>
    inOrder(
      patterns.reduce(
        (result, [pattern, instead]) => result.replace(pattern, instead),
        scrub(text).replace(/[a-z0-9][a-z0-9.-]*[a-z0-9]/g, (name) => names.get(name) ?? name),
      ),
    );
  const result = new Map<string, string[]>();
  for (const object of observer.objects(namespace)) {
    if (object.kind === 'Event' && (fleet.has(object.source?.component) || passing.has(object.reason))) continue;
    if (object.kind === 'Event' && object.involvedObject.kind === 'Node') continue;
    if (object.kind === 'Event' && (isRepeated(object, runs) || isConflict(object))) continue;
    const facts = object.kind === 'Event' ? eventFacts(object, runs) : factsOf(object);
    const text = JSON.stringify(tidied(facts, tidy));
    const key = tidy(object.kind === 'Event' ? eventKey(object) : `${object.kind}/${object.metadata.name}`);
    const list = result.get(key);
    if (!list) result.set(key, [text]);
    else if (!(object.kind === 'Event' && (runs || object.type === 'Warning') && list.includes(text))) list.push(text);
  }
  for (const [key, list] of result) {
    // From the tenth message on it is chance which of them upstream still tells by itself.
    if (list.some((text) => text.includes('"message":"(combined'))) result.set(key, ['several, combined']);
    list.sort();
  }
  return result;
}

/** Where two namespaces differ; equal ones among objects with the same shape of name are taken off first. */
export function shownDifferences(want: Shown, got: Shown): Difference[] {
  const found: Difference[] = [];
  for (const key of new Set([...want.keys(), ...got.keys()])) {
    const left = [...(want.get(key) ?? [])];
    const right: string[] = [];
    for (const text of got.get(key) ?? []) {
      const at = left.indexOf(text);
      if (at < 0) right.push(text);
      else left.splice(at, 1);
    }
    for (let i = 0; i < Math.max(left.length, right.length); i++) {
      const [a, b] = [left[i], right[i]];
      if (a === undefined || b === undefined) found.push({ path: key, want: a ?? 'nothing', got: b ?? 'nothing' });
      else found.push(...differences(parsed(a), parsed(b), key));
    }
  }
  return found;
}

const parsed = (text: string): unknown => (text.startsWith('{') ? JSON.parse(text) : text);

function tidied(value: unknown, tidy: (text: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => tidied(item, tidy));
  if (typeof value === 'string') return tidy(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inside]) => inside !== undefined && key !== 'resourceVersion')
      .map(([key, inside]): [string, unknown] => [tidy(key), tidied(inside, tidy)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function metadataFacts({ uid, resourceVersion, managedFields = [], name, ...metadata }: any, isPod: boolean): object {
  const fields = managedFields
    .filter(({ manager }: any) => !isPod || !fleet.has(manager))
    .map(({ time, ...entry }: any) => entry)
    .sort((a: any, b: any) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return { ...metadata, managedFields: fields };
}

const conditionFacts = ({ lastProbeTime, observedGeneration, ...condition }: any) =>
  controllersConditions.has(condition.type) ? condition : { type: condition.type, status: condition.status };

/** What each server has of its own, or gives out as it likes. */
const ownFacts: Readonly<Record<string, (object: any) => any>> = {
  Secret: (secret) =>
    secret.type === 'kubernetes.io/service-account-token' ? { ...secret, data: Object.keys(secret.data ?? {}).sort() } : secret,
  ConfigMap: (map) => (map.data?.['ca.crt']?.includes('BEGIN CERTIFICATE') ? { ...map, data: '<certificates>' } : map),
  CertificateSigningRequest: ({ status, ...csr }) => ({
    ...csr,
    status: status.certificate ? { ...status, certificate: '<certificate>' } : status,
  }),
  Service: ({ spec, ...service }) => ({
    ...service,
    spec: {
      ...spec,
      // Upstream hides it from whoever reads an external name, not from whoever watches it.
      internalTrafficPolicy: spec.type === 'ExternalName' ? undefined : spec.internalTrafficPolicy,
      ...(spec.healthCheckNodePort ? { healthCheckNodePort: '<port>' } : {}),
      ports: spec.ports?.map((port: any) => (port.nodePort ? { ...port, nodePort: '<port>' } : port)),
    },
  }),
  // Upstream gathers the endpoints of a slice through maps.
  EndpointSlice: (slice) => ({
    ...slice,
    endpoints: slice.endpoints && [...slice.endpoints].sort((a: any, b: any) => (a.addresses[0] < b.addresses[0] ? -1 : 1)),
  }),
};

function factsOf({ kind, apiVersion, metadata, ...whole }: any): object {
  const object = ownFacts[kind]?.(whole) ?? whole;
  const facts = { metadata: metadataFacts(metadata, kind === 'Pod'), ...object };
  const { status } = object;
  if (kind !== 'Pod')
    return Array.isArray(status?.conditions) ? { ...facts, status: { ...status, conditions: byType(status.conditions) } } : facts;
  const isDaemon = metadata.ownerReferences?.some((owner: any) => owner.kind === 'DaemonSet');
  const { nodeName } = object.spec;
  // On which of the run's nodes is chance; a scenario's own tell.
  const isTold = isDaemon || nodeName?.startsWith(`${metadata.namespace}-`);
  return {
    ...facts,
    spec: { ...object.spec, nodeName: nodeName && !isTold ? '<node>' : nodeName },
    status: {
      phase: status?.phase,
      nominatedNodeName: status?.nominatedNodeName,
      reason: status?.reason,
      message: status?.message,
      conditions: byType(
        (status?.conditions ?? [])
          .filter(({ type }: any) => type !== 'Initialized' && type !== 'PodReadyToStartContainers')
          .map(conditionFacts),
      ),
    },
  };
}

const byType = (conditions: any[]) => [...conditions].sort((a, b) => (a.type < b.type ? -1 : 1));

const eventKey = ({ involvedObject: { kind, name }, reason }: any) => `Event/${kind}/${name}/${reason}`;

function eventFacts(
  { kind, apiVersion, metadata, message, firstTimestamp, lastTimestamp, eventTime, count, series, involvedObject, ...event }: any,
  runs: boolean,
): object {
  const { uid, resourceVersion, ...object } = involvedObject;
  return {
    ...event,
    involvedObject: object,
    message: runs ? message.replace(/\b\d+\b/g, '<n>') : message,
    ...(event.type === 'Normal' && !runs && !periodic.has(object.kind) ? { count } : {}),
    managers: (metadata.managedFields ?? []).map(({ manager, operation, subresource, apiVersion: version }: any) =>
      [manager, operation, subresource, version].join(' '),
    ),
  };
}
