import { semanticEqual } from '../../../api/meta/equal.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { sorted } from '../../../api/meta/text.ts';
import type { Node } from '../../../openapi/types.ts';
import { type Restriction, refused } from './restriction.ts';

/** Kubernetes' own labels that a kubelet may set on its node. */
const kubeletLabels = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'node.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'beta.kubernetes.io/instance-type',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
]);
const kubeletNamespaces = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const kubernetesNamespaces = ['kubernetes.io', 'k8s.io'];
const restrictedNamespaces = ['node-restriction.kubernetes.io'];

/** A kubelet changes its own Node, but neither its taints and owners nor labels that would draw other work to it. */
export function restrictNodes(restriction: Restriction): void {
  const { operation, object, old } = restriction.attributes;
  const name = restriction.attributes.name || (object?.metadata?.name ?? '');
  const node = goQuote(restriction.node);
  if (name !== restriction.node) throw refused(restriction, `node ${node} is not allowed to modify node ${goQuote(name)}`);
  if (operation === 'CREATE') {
    // They may read what their configuration source names.
    if ((object as Node).spec?.configSource)
      throw refused(restriction, `node ${node} is not allowed to create pods with a non-nil configSource`);
    const labels = forbiddenLabels((object as Node).metadata?.labels ?? {}, {});
    if (labels.length > 0) throw refused(restriction, `node ${node} is not allowed to set the following labels: ${labels.join(', ')}`);
  }
  if (operation === 'UPDATE') restrictUpdate(restriction, object as Node, old as Node);
}

function restrictUpdate(restriction: Restriction, now: Node, before: Node): void {
  const node = goQuote(restriction.node);
  const source = now.spec?.configSource;
  if (source && !semanticEqual(source, before.spec?.configSource))
    throw refused(restriction, `node ${node} is not allowed to update configSource to a new non-nil configSource`);
  if (!semanticEqual(now.spec?.taints, before.spec?.taints)) throw refused(restriction, `node ${node} is not allowed to modify taints`);
  if (!semanticEqual(now.metadata!.ownerReferences, before.metadata!.ownerReferences)) {
    throw refused(restriction, `node ${node} is not allowed to modify ownerReferences`);
  }
  const labels = forbiddenLabels(now.metadata!.labels ?? {}, before.metadata!.labels ?? {});
  if (labels.length > 0) throw refused(restriction, `is not allowed to modify labels: ${labels.join(', ')}`);
}

type Labels = Readonly<Record<string, string>>;

function forbiddenLabels(now: Labels, before: Labels): string[] {
  const changed = [...new Set([...Object.keys(now), ...Object.keys(before)])].filter((key) => now[key] !== before[key]);
  return sorted(changed.filter(isForbidden));
}

function isForbidden(key: string): boolean {
  const slash = key.indexOf('/');
  const namespace = slash < 0 ? '' : key.slice(0, slash);
  const isIn = (namespaces: readonly string[]) => namespaces.some((other) => namespace === other || namespace.endsWith(`.${other}`));
  if (isIn(restrictedNamespaces)) return true;
  return isIn(kubernetesNamespaces) && !kubeletLabels.has(key) && !isIn(kubeletNamespaces);
}
