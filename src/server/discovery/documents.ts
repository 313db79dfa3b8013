import { createHash } from 'node:crypto';
import type { ResourceDefinition, Subresource } from '../../../api/define.ts';
import { apiVersionOf, type GroupVersionKind, type KubeObject } from '../../../api/meta/object.ts';
import type { ApiGroup, ResourceIndex } from './resource-index.ts';

/** /api */
export function apiVersions(index: ResourceIndex, serverAddress: string): KubeObject {
  return {
    kind: 'APIVersions',
    versions: index.group('')?.versions ?? [],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

/** /apis */
export function apiGroupList(groups: readonly ApiGroup[]): KubeObject {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupOf) };
}

/** /apis/GROUP */
export function apiGroup(group: ApiGroup): KubeObject {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) };
}

function groupOf({ name, versions }: ApiGroup) {
  const all = versions.map((version) => ({ groupVersion: apiVersionOf(name, version), version }));
  return { name, versions: all, preferredVersion: all[0] };
}

/** /api/VERSION and /apis/GROUP/VERSION; the core group's goes without an apiVersion. */
export function apiResourceList(
  index: ResourceIndex,
  group: string,
  version: string,
  definitions: readonly ResourceDefinition[],
): KubeObject {
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf(group, version),
    resources: definitions.flatMap((definition) => [
      resourceOf(index, definition),
      ...sortedSubresources(definition).map((subresource) => subresourceOf(definition, subresource)),
    ]),
  };
}

function resourceOf(index: ResourceIndex, definition: ResourceDefinition) {
  const { plural, singular, scope, kind, shortNames, categories } = definition;
  const hash = storageVersionHash(index, definition);
  return {
    name: plural,
    singularName: singular,
    namespaced: scope === 'Namespaced',
    kind,
    verbs: discoveredVerbs(definition),
    ...(shortNames?.length ? { shortNames } : {}),
    ...(categories?.length ? { categories } : {}),
    ...(hash ? { storageVersionHash: hash } : {}),
  };
}

// Of built-in kinds by the alphabet, of custom ones as they come.
function discoveredVerbs({ verbs, discoveredVerbs: shown = verbs, schema }: ResourceDefinition): string[] {
  return typeof schema === 'string' ? [...shown].sort() : [...shown];
}

function subresourceOf(definition: ResourceDefinition, { name, kind, verbs }: Subresource) {
  return {
    name: `${definition.plural}/${name}`,
    singularName: '',
    namespaced: definition.scope === 'Namespaced',
    ...foreignGroupVersion(definition, kind),
    kind: kind?.kind ?? definition.kind,
    verbs: [...verbs].sort(),
  };
}

/** Of custom kinds as they come: status before scale. */
function sortedSubresources({ subresources, schema }: ResourceDefinition): readonly Subresource[] {
  if (typeof schema !== 'string') return subresources;
  return [...subresources].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Named only where a subresource's kind is of another group version than its resource. */
function foreignGroupVersion(definition: ResourceDefinition, kind: GroupVersionKind | undefined) {
  if (!kind || (kind.group === definition.group && kind.version === definition.version)) return {};
  return { group: kind.group, version: kind.version };
}

/** Kinds that kube-apiserver 1.36 stores in another version than it is stored in here: the hash says what clients expect. */
const storedThere: Readonly<Record<string, string>> = {
  'apiextensions.k8s.io/v1/CustomResourceDefinition': 'apiextensions.k8s.io/v1beta1/CustomResourceDefinition',
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy': 'admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding': 'admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicyBinding',
  'events.k8s.io/v1/Event': '/v1/Event',
};

/** Tells storage migrators in which form a resource is stored: eight bytes of a hash over group, version and kind. */
function storageVersionHash(index: ResourceIndex, definition: ResourceDefinition): string | undefined {
  if (definition.action) return undefined;
  if (definition.convert?.ownRules && !definition.storage.version) return undefined;
  const { group, version, kind } = index.storageDefinition(definition) ?? { ...definition, version: definition.storage.version! };
  const stored = `${group}/${version}/${kind}`;
  const hash = createHash('sha256').update(storedThere[stored] ?? stored);
  return hash.digest().subarray(0, 8).toString('base64');
}

/** What other servers say of a version; undefined: it is not served there, or nothing is known yet. */
export type RemoteVersion = (group: string, version: string) => object | undefined;

/** The groups with all of their resources in one answer. @param version of apidiscovery.k8s.io */
export function aggregatedDiscovery(index: ResourceIndex, groups: readonly ApiGroup[], version: string, remote: RemoteVersion): KubeObject {
  const items = groups.map(({ name, versions }) => ({
    metadata: name === '' ? {} : { name },
    versions: versions.flatMap((v) => {
      const resources = index.resources(name, v);
      const local = resources && { version: v, resources: resources.map(discoveredResource), freshness: 'Current' };
      return remote(name, v) ?? local ?? [];
    }),
  }));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: items.filter(({ versions }) => versions.length > 0),
  };
}

function discoveredResource(definition: ResourceDefinition) {
  // The group and version of custom kinds are written out.
  const ownVersion =
    typeof definition.schema === 'string' ? { group: '', version: '' } : { group: definition.group, version: definition.version };
  const { plural, kind, scope, singular, shortNames, categories } = definition;
  const subresources = sortedSubresources(definition).map((subresource) => ({
    subresource: subresource.name,
    responseKind: {
      ...ownVersion,
      ...foreignGroupVersion(definition, subresource.kind),
      kind: subresource.kind?.kind ?? kind,
    },
    verbs: [...subresource.verbs].sort(),
  }));
  return {
    resource: plural,
    responseKind: { ...ownVersion, kind },
    scope: scope === 'Namespaced' ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: discoveredVerbs(definition),
    ...(shortNames?.length ? { shortNames } : {}),
    ...(categories?.length ? { categories } : {}),
    ...(subresources.length ? { subresources } : {}),
  };
}
