import type { KubeObject } from '../../api/meta/object.ts';
import { parseQuantity } from '../../api/meta/quantity.ts';
import type { Node, Pod } from '../../openapi/types.ts';

// What Kubernetes' documentation and KEPs say of where pods go, written down plainly: every rule looks at every node and every pod.
// It shares nothing with src/scheduler, so that a mistake there is none here.

/** Of each node: the score that every plugin gives it, or the reason why it cannot take the pod. */
export type Verdicts = Map<string, { refused: string } | { scores: Map<string, number> }>;

interface World {
  readonly nodes: readonly Node[];
  readonly placed: readonly Pod[];
  readonly others: readonly KubeObject[];
}

type Labels = Record<string, string>;
const labelsOf = (object: { metadata?: { labels?: Labels } }): Labels => object.metadata?.labels ?? {};
const on = (world: World, node: Node) => world.placed.filter((pod) => pod.spec!.nodeName === node.metadata!.name);

// --- Selecting -----------------------------------------------------------------------------------------------------------------

function requirementHolds({ key, operator, values = [] }: any, labels: Labels): boolean {
  const value = labels[key];
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  if (operator === 'In') return value !== undefined && values.includes(value);
  if (operator === 'NotIn') return value === undefined || !values.includes(value);
  const [a, b] = [Number.parseInt(value ?? '', 10), Number.parseInt(values[0], 10)];
  if (Number.isNaN(a) || String(a) !== value) return false;
  return operator === 'Gt' ? a > b : a < b;
}

/** No selector selects nothing, an empty one everything. */
function selects(selector: any, labels: Labels): boolean {
  if (!selector) return false;
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) if (labels[key] !== value) return false;
  return (selector.matchExpressions ?? []).every((requirement: any) => requirementHolds(requirement, labels));
}

const isEmpty = (selector: any) =>
  Boolean(selector) && Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;

function nodeTermHolds(term: any, node: Node): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  return (
    expressions.every((requirement: any) => requirementHolds(requirement, labelsOf(node))) &&
    fields.every((requirement: any) => requirementHolds(requirement, { 'metadata.name': node.metadata!.name! }))
  );
}

function wantsNode(pod: Pod, node: Node): boolean {
  for (const [key, value] of Object.entries(pod.spec!.nodeSelector ?? {})) if (labelsOf(node)[key] !== value) return false;
  const required = pod.spec!.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some((term) => nodeTermHolds(term, node));
}

function tolerates(pod: Pod, taint: any): boolean {
  return (pod.spec!.tolerations ?? []).some((toleration) => {
    if (toleration.effect && toleration.effect !== taint.effect) return false;
    if (toleration.operator === 'Exists') return !toleration.key || toleration.key === taint.key;
    return toleration.key === taint.key && (toleration.value ?? '') === (taint.value ?? '');
  });
}

const repelledBy = (pod: Pod, node: Node) =>
  (node.spec?.taints ?? []).some(({ effect, ...taint }) => effect !== 'PreferNoSchedule' && !tolerates(pod, { ...taint, effect }));

// --- Resources -----------------------------------------------------------------------------------------------------------------

function amount(resource: string, text: string): number {
  const quantity = parseQuantity(text);
  return resource === 'cpu' ? quantity.milliValue() : quantity.value();
}

/** @param assume what a container counts for that does not say */
function requests(pod: Pod, assume: Record<string, number> = {}): Record<string, number> {
  const of = (container: any): Record<string, number> => {
    const own = Object.entries<string>(container.resources?.requests ?? {}).map(([name, text]) => [name, amount(name, text)]);
    return { ...assume, ...Object.fromEntries(own) };
  };
  const add = (a: Record<string, number>, b: Record<string, number>) => {
    const sum = { ...a };
    for (const [name, value] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + value;
    return sum;
  };
  let running: Record<string, number> = {};
  let sidecars: Record<string, number> = {};
  const peaks: Record<string, number>[] = [];
  for (const container of pod.spec!.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      sidecars = add(sidecars, of(container));
      peaks.push(sidecars);
    } else peaks.push(add(sidecars, of(container)));
  }
  for (const container of pod.spec!.containers) running = add(running, of(container));
  peaks.push(add(running, sidecars));
  const most: Record<string, number> = {};
  for (const peak of peaks) for (const [name, value] of Object.entries(peak)) most[name] = Math.max(most[name] ?? 0, value);
  return most;
}

const assumed = { cpu: 100, memory: 200 * 1024 * 1024 };

function allocatable(node: Node, resource: string): number {
  const text = (node.status?.allocatable as any)?.[resource];
  return text === undefined ? 0 : amount(resource, text);
}

function used(world: World, node: Node, resource: string, assume: Record<string, number> = {}): number {
  return on(world, node).reduce((sum, pod) => sum + (requests(pod, assume)[resource] ?? 0), 0);
}

function lacks(world: World, pod: Pod, node: Node): string[] {
  const reasons: string[] = [];
  if (on(world, node).length + 1 > allocatable(node, 'pods')) reasons.push('Too many pods');
  for (const [resource, wanted] of Object.entries(requests(pod))) {
    if (wanted > allocatable(node, resource) - used(world, node, resource)) reasons.push(`Insufficient ${resource}`);
  }
  return reasons;
}

// --- Ports and volumes -----------------------------------------------------------------------------------------------------------

function hostPorts(pod: Pod): { ip: string; protocol: string; port: number }[] {
  const running = [...pod.spec!.containers, ...(pod.spec!.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')];
  return running.flatMap(({ ports = [] }) =>
    ports
      .filter(({ hostPort }) => hostPort)
      .map((port) => ({ ip: port.hostIP || '0.0.0.0', protocol: port.protocol ?? 'TCP', port: port.hostPort! })),
  );
}

function portsTaken(world: World, pod: Pod, node: Node): boolean {
  return on(world, node).some((other) =>
    hostPorts(other).some((a) =>
      hostPorts(pod).some((b) => a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || [a.ip, b.ip].includes('0.0.0.0'))),
    ),
  );
}

const find = (world: World, kind: string, namespace: string | undefined, name: string | undefined): any =>
  world.others.find((each) => each.kind === kind && each.metadata!.name === name && each.metadata!.namespace === namespace);

const claimNames = (pod: Pod) => (pod.spec!.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);

function reachable(volume: any, node: Node): boolean {
  const required = volume.spec.nodeAffinity?.required;
  return !required || required.nodeSelectorTerms.some((term: any) => nodeTermHolds(term, node));
}

function volumeTrouble(world: World, pod: Pod, node: Node): string | undefined {
  const { namespace } = pod.metadata!;
  const claims = claimNames(pod).map((name) => ({ name, claim: find(world, 'PersistentVolumeClaim', namespace, name) }));
  for (const { name, claim } of claims) if (!claim) return `persistentvolumeclaim "${name}" not found`;
  const inUse = (name: string) => world.placed.some((other) => other.metadata!.namespace === namespace && claimNames(other).includes(name));
  if (claims.some(({ name, claim }) => claim.spec.accessModes.includes('ReadWriteOncePod') && inUse(name)))
    return 'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod';
  const reasons: string[] = [];
  const bound = claims
    .filter(({ claim }) => claim.spec.volumeName)
    .map(({ claim }) => find(world, 'PersistentVolume', undefined, claim.spec.volumeName));
  if (bound.some((volume) => !reachable(volume, node))) reasons.push("node(s) didn't match PersistentVolume's node affinity");
  const size = (object: any) => amount('storage', object.spec.capacity?.storage ?? object.spec.resources.requests.storage);
  const unbound = claims
    .filter(({ claim }) => !claim.spec.volumeName)
    .map(({ claim }) => claim)
    .sort((a, b) => size(a) - size(b));
  const given = new Set<string>();
  for (const claim of unbound) {
    const fitting = world.others
      .filter((each) => each.kind === 'PersistentVolume' && each.status.phase === 'Available' && !given.has(each.metadata!.name!))
      .filter(
        (volume) => volume.spec.storageClassName === claim.spec.storageClassName && size(volume) >= size(claim) && reachable(volume, node),
      )
      .sort((a, b) => size(a) - size(b));
    if (fitting[0]) {
      given.add(fitting[0].metadata!.name!);
      continue;
    }
    const { provisioner, allowedTopologies } = find(world, 'StorageClass', undefined, claim.spec.storageClassName);
    const allowed = (allowedTopologies ?? [{ matchLabelExpressions: [] }]).some(({ matchLabelExpressions }: any) =>
      matchLabelExpressions.every(({ key, values }: any) => values.includes(labelsOf(node)[key])),
    );
    if (provisioner === 'kubernetes.io/no-provisioner' || !allowed) {
      reasons.push("node(s) didn't find available persistent volumes to bind");
      break;
    }
  }
  if (reasons.length > 0) return reasons.sort().join(', ');
  const zone = labelsOf(node)['topology.kubernetes.io/zone'];
  for (const volume of bound) {
    const zones = labelsOf(volume)['topology.kubernetes.io/zone']?.split('__');
    if (zone !== undefined && zones && !zones.includes(zone)) return 'node(s) had no available volume zone';
  }
  return undefined;
}

// --- Other pods ------------------------------------------------------------------------------------------------------------------

/** Whether a term of `owner`'s affinity selects `pod`. */
function termSelects(world: World, term: any, owner: Pod, pod: Pod): boolean {
  const { namespace } = pod.metadata!;
  const named = term.namespaces?.length ? term.namespaces : term.namespaceSelector ? [] : [owner.metadata!.namespace];
  const namespaceLabels = labelsOf(find(world, 'Namespace', undefined, namespace) ?? {});
  const inNamespace = named.includes(namespace) || selects(term.namespaceSelector, namespaceLabels);
  return inNamespace && selects(term.labelSelector, labelsOf(pod));
}

const nodeOf = (world: World, pod: Pod) => world.nodes.find(({ metadata }) => metadata!.name === pod.spec!.nodeName)!;

/** Whether both nodes are in one domain of the key. */
function together(key: string, a: Node, b: Node): boolean {
  return labelsOf(a)[key] !== undefined && labelsOf(a)[key] === labelsOf(b)[key];
}

const terms = (pod: Pod, which: 'podAffinity' | 'podAntiAffinity', how: 'required' | 'preferred'): any[] =>
  (pod.spec!.affinity?.[which] as any)?.[`${how}DuringSchedulingIgnoredDuringExecution`] ?? [];

function affinityTrouble(world: World, pod: Pod, node: Node): string | undefined {
  const wanted = terms(pod, 'podAffinity', 'required');
  if (wanted.length > 0) {
    const companions = world.placed.filter((other) => wanted.every((term) => termSelects(world, term, pod, other)));
    const joined = wanted.every((term) => companions.some((other) => together(term.topologyKey, node, nodeOf(world, other))));
    const anywhere = companions.some((other) => wanted.some((term) => labelsOf(nodeOf(world, other))[term.topologyKey] !== undefined));
    const first = !anywhere && wanted.every((term) => termSelects(world, term, pod, pod));
    const hasKeys = wanted.every((term) => labelsOf(node)[term.topologyKey] !== undefined);
    if (!hasKeys || (!joined && !first)) return "node(s) didn't match pod affinity rules";
  }
  for (const term of terms(pod, 'podAntiAffinity', 'required')) {
    const near = world.placed.some(
      (other) => termSelects(world, term, pod, other) && together(term.topologyKey, node, nodeOf(world, other)),
    );
    if (near) return "node(s) didn't match pod anti-affinity rules";
  }
  for (const other of world.placed) {
    for (const term of terms(other, 'podAntiAffinity', 'required')) {
      if (termSelects(world, term, other, pod) && together(term.topologyKey, node, nodeOf(world, other)))
        return "node(s) didn't satisfy existing pods anti-affinity rules";
    }
  }
  return undefined;
}

function affinityScore(world: World, pod: Pod, node: Node): number {
  let score = 0;
  for (const other of world.placed) {
    const there = nodeOf(world, other);
    const add = (term: any, owner: Pod, target: Pod, weight: number) => {
      if (termSelects(world, term, owner, target) && together(term.topologyKey, node, there)) score += weight;
    };
    for (const { weight, podAffinityTerm } of terms(pod, 'podAffinity', 'preferred')) add(podAffinityTerm, pod, other, weight);
    for (const { weight, podAffinityTerm } of terms(pod, 'podAntiAffinity', 'preferred')) add(podAffinityTerm, pod, other, -weight);
    for (const { weight, podAffinityTerm } of terms(other, 'podAffinity', 'preferred')) add(podAffinityTerm, other, pod, weight);
    for (const { weight, podAffinityTerm } of terms(other, 'podAntiAffinity', 'preferred')) add(podAffinityTerm, other, pod, -weight);
    for (const term of terms(other, 'podAffinity', 'required')) add(term, other, pod, 1);
  }
  return score;
}

// --- Spreading -------------------------------------------------------------------------------------------------------------------

interface Spread {
  readonly key: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly counts: (pod: Pod) => boolean;
  readonly self: boolean;
  readonly eligible: (node: Node) => boolean;
}

/** What selects the pod: its Services, and the ReplicaSet that owns it. */
function ownSelectors(world: World, pod: Pod): any[] {
  const { namespace, ownerReferences = [] } = pod.metadata!;
  const services = world.others.filter(
    (each) =>
      each.kind === 'Service' && each.metadata!.namespace === namespace && selects({ matchLabels: each.spec.selector }, labelsOf(pod)),
  );
  const sets = ownerReferences
    .filter(({ kind, controller }) => kind === 'ReplicaSet' && controller)
    .map(({ name }) => find(world, 'ReplicaSet', namespace, name));
  return [...services.map(({ spec }) => ({ matchLabels: spec.selector })), ...sets.filter(Boolean).map(({ spec }) => spec.selector)];
}

function spreads(world: World, pod: Pod, action: string): Spread[] {
  const own = pod.spec!.topologySpreadConstraints ?? [];
  const defaults = [
    { topologyKey: 'kubernetes.io/hostname', maxSkew: 3, whenUnsatisfiable: 'ScheduleAnyway' },
    { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5, whenUnsatisfiable: 'ScheduleAnyway' },
  ];
  const selectors = ownSelectors(world, pod);
  const constraints: any[] = own.length > 0 ? own : selectors.length > 0 ? defaults : [];
  return constraints
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action)
    .map((constraint) => {
      const matches = (labels: Labels) =>
        own.length > 0 ? selects(constraint.labelSelector, labels) : selectors.every((each) => selects(each, labels));
      return {
        key: constraint.topologyKey,
        maxSkew: constraint.maxSkew,
        minDomains: constraint.minDomains ?? 1,
        // A selector that selects everything counts nobody.
        counts: (other: Pod) =>
          other.metadata!.namespace === pod.metadata!.namespace && !isEmpty(constraint.labelSelector) && matches(labelsOf(other)),
        self: matches(labelsOf(pod)),
        eligible: (node: Node) =>
          (constraint.nodeAffinityPolicy === 'Ignore' || wantsNode(pod, node)) &&
          (constraint.nodeTaintsPolicy !== 'Honor' || !repelledBy(pod, node)),
      };
    });
}

const hasKeys = (node: Node, all: readonly Spread[]) => all.every(({ key }) => labelsOf(node)[key] !== undefined);

function spreadTrouble(world: World, pod: Pod, node: Node): string | undefined {
  const all = spreads(world, pod, 'DoNotSchedule');
  for (const { key, maxSkew, minDomains, counts, self, eligible } of all) {
    const domain = labelsOf(node)[key];
    if (domain === undefined) return "node(s) didn't match pod topology spread constraints (missing required label)";
    const taking = world.nodes.filter((each) => hasKeys(each, all) && eligible(each));
    const domains = [...new Set(taking.map((each) => labelsOf(each)[key]!))];
    const inDomain = (which: string) =>
      world.placed.filter(
        (other) => counts(other) && taking.includes(nodeOf(world, other)) && labelsOf(nodeOf(world, other))[key] === which,
      ).length;
    const least = domains.length < minDomains ? 0 : Math.min(...domains.map(inDomain));
    if (inDomain(domain) + (self ? 1 : 0) - least > maxSkew) return "node(s) didn't match pod topology spread constraints";
  }
  return undefined;
}

function spreadScores(world: World, pod: Pod, feasible: readonly Node[]): number[] | undefined {
  const all = spreads(world, pod, 'ScheduleAnyway');
  if (all.length === 0) return undefined;
  const own = (pod.spec!.topologySpreadConstraints ?? []).length > 0;
  const isIgnored = (node: Node) => own && !hasKeys(node, all);
  const scored = feasible.filter((node) => !isIgnored(node));
  const raw = feasible.map((node) => {
    if (isIgnored(node)) return Number.NaN;
    let score = 0;
    for (const { key, maxSkew, counts, eligible } of all) {
      const domain = labelsOf(node)[key];
      if (domain === undefined) continue;
      const perNode = key === 'kubernetes.io/hostname';
      const size = perNode ? scored.length : new Set(scored.map((each) => labelsOf(each)[key] ?? '')).size;
      const mates = world.placed.filter((other) => {
        const there = nodeOf(world, other);
        if (!counts(other)) return false;
        if (perNode) return there === node;
        return labelsOf(there)[key] === domain && eligible(there) && (!own || hasKeys(there, all));
      });
      score += mates.length * Math.log(size + 2) + (maxSkew - 1);
    }
    return Math.round(score);
  });
  const known = raw.filter((score) => !Number.isNaN(score));
  const [least, most] = [Math.min(...known), Math.max(0, ...known)];
  return raw.map((score) => {
    if (Number.isNaN(score)) return 0;
    return most === 0 ? 100 : Math.floor((100 * (most + least - score)) / most);
  });
}

// --- Scores of single nodes --------------------------------------------------------------------------------------------------------

function fitScore(world: World, pod: Pod, node: Node): number {
  const wanted = requests(pod, assumed);
  const shares = ['cpu', 'memory'].filter((resource) => allocatable(node, resource) > 0);
  const scores = shares.map((resource) => {
    const [all, taken] = [allocatable(node, resource), used(world, node, resource, assumed) + wanted[resource]!];
    return taken > all ? 0 : Math.floor(((all - taken) * 100) / all);
  });
  return Math.floor(scores.reduce((sum, score) => sum + score, 0) / scores.length);
}

/** How much more evenly CPU and memory are used with the pod than without it. */
function balanceScore(world: World, pod: Pod, node: Node): number {
  const wanted = requests(pod);
  const even = (withPod: boolean) => {
    const [cpu, memory] = ['cpu', 'memory'].map((resource) =>
      Math.min(1, (used(world, node, resource) + (withPod ? (wanted[resource] ?? 0) : 0)) / allocatable(node, resource)),
    );
    return Math.floor((1 - Math.abs((cpu! - memory!) / 2)) * 100);
  };
  return 50 + Math.trunc((50 + even(true) - even(false)) / 2);
}

function imageScore(world: World, pod: Pod, node: Node): number {
  const megabyte = 1024 * 1024;
  const containers = [...(pod.spec!.initContainers ?? []), ...pod.spec!.containers];
  const holds = (each: Node, image: string) => (each.status?.images ?? []).find(({ names }) => names?.includes(image));
  const sum = containers.reduce((total, { image }) => {
    const held = holds(node, image!);
    if (!held) return total;
    const spread = world.nodes.filter((each) => holds(each, image!)).length / world.nodes.length;
    return total + Math.floor(held.sizeBytes! * spread);
  }, 0);
  const [least, most] = [23 * megabyte, 1000 * megabyte * containers.length];
  return Math.floor((100 * (Math.min(Math.max(sum, least), most) - least)) / (most - least));
}

/** Relative to the highest; turned around where less is better. */
function relative(raw: readonly number[], lessIsBetter: boolean): number[] {
  const highest = Math.max(...raw);
  return raw.map((score) => {
    const share = highest === 0 ? 0 : Math.floor((100 * score) / highest);
    return lessIsBetter ? 100 - share : share;
  });
}

// --- The decision ------------------------------------------------------------------------------------------------------------------

function trouble(world: World, pod: Pod, node: Node): string | undefined {
  if (node.spec?.unschedulable && !tolerates(pod, { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }))
    return 'node(s) were unschedulable';
  if (repelledBy(pod, node)) return 'node(s) had untolerated taint(s)';
  if (!wantsNode(pod, node)) return "node(s) didn't match Pod's node affinity/selector";
  if (portsTaken(world, pod, node)) return "node(s) didn't have free ports for the requested pod ports";
  const lacking = lacks(world, pod, node);
  if (lacking.length > 0) return lacking.sort().join(', ');
  return volumeTrouble(world, pod, node) ?? spreadTrouble(world, pod, node) ?? affinityTrouble(world, pod, node);
}

/** Looks at every node for the pod. */
export function judge(world: World, pod: Pod): Verdicts {
  const verdicts: Verdicts = new Map();
  const missing = claimNames(pod).find((name) => !find(world, 'PersistentVolumeClaim', pod.metadata!.namespace, name));
  const feasible: Node[] = [];
  for (const node of world.nodes) {
    const refused = missing === undefined ? trouble(world, pod, node) : `persistentvolumeclaim "${missing}" not found`;
    if (refused === undefined) feasible.push(node);
    else verdicts.set(node.metadata!.name!, { refused });
  }
  const table: [name: string, weight: number, scores: number[] | undefined][] = [
    [
      'TaintToleration',
      3,
      relative(
        feasible.map((node) => untolerated(pod, node)),
        true,
      ),
    ],
    [
      'NodeAffinity',
      2,
      preferences(pod).length > 0
        ? relative(
            feasible.map((node) => preferenceScore(pod, node)),
            false,
          )
        : undefined,
    ],
    ['NodeResourcesFit', 1, feasible.map((node) => fitScore(world, pod, node))],
    ['PodTopologySpread', 2, spreadScores(world, pod, feasible)],
    ['InterPodAffinity', 2, spreadOut(feasible.map((node) => affinityScore(world, pod, node)))],
    ['NodeResourcesBalancedAllocation', 1, asksForAny(pod) ? feasible.map((node) => balanceScore(world, pod, node)) : undefined],
    ['ImageLocality', 1, feasible.map((node) => imageScore(world, pod, node))],
  ];
  for (const [i, node] of feasible.entries()) {
    const scores = table.map(([name, weight, all]): [string, number] => [name, all ? all[i]! * weight : 0]);
    verdicts.set(node.metadata!.name!, { scores: new Map(scores) });
  }
  return verdicts;
}

const preferences = (pod: Pod) => pod.spec!.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];

function preferenceScore(pod: Pod, node: Node): number {
  return preferences(pod).reduce((sum, { weight, preference }) => sum + (nodeTermHolds(preference, node) ? weight : 0), 0);
}

function untolerated(pod: Pod, node: Node): number {
  return (node.spec?.taints ?? []).filter((taint) => taint.effect === 'PreferNoSchedule' && !tolerates(pod, taint)).length;
}

function asksForAny(pod: Pod): boolean {
  const { cpu = 0, memory = 0 } = requests(pod);
  return cpu + memory > 0;
}

/** The lowest becomes 0, the highest 100. */
function spreadOut(raw: readonly number[]): number[] {
  const [least, most] = [Math.min(...raw), Math.max(...raw)];
  return raw.map((score) => (most === least ? 0 : Math.floor(100 * ((score - least) / (most - least)))));
}
