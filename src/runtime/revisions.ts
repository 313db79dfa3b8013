import { canonicalJson } from '../../api/meta/go-json.ts';
import { copySorted } from '../../api/meta/json.ts';
import { apiVersionOf, type KubeObject } from '../../api/meta/object.ts';
import type { ResourceClient, ResourceReference } from '../client/client.ts';
import { isAlreadyExists, unlessNotFound } from './errors.ts';
import { revisionHash } from './hash.ts';
import { controllerReference } from './owners.ts';

/** What a ControllerRevision holds of its owner: a strategic merge patch that puts the template back. Clients compare its bytes: its keys are in order. */
export function revisionData(owner: KubeObject): KubeObject {
  return copySorted({ spec: { template: { ...owner.spec.template, $patch: 'replace' } } });
}

/** The pod template that a revision keeps. */
export function templateOfRevision(revision: KubeObject): any {
  const { $patch: _, ...template } = revision['data'].spec.template;
  return template;
}

/** Whether a revision keeps exactly `data`. */
export function keepsData(revision: KubeObject, data: unknown): boolean {
  return canonicalJson(revision['data']) === canonicalJson(data);
}

/** By number; of the same number, the older first, then by name. */
export function byRevision(a: KubeObject, b: KubeObject): number {
  if (a['revision'] !== b['revision']) return a['revision'] < b['revision'] ? -1 : 1;
  const [left, right] = [a.metadata!.creationTimestamp ?? '', b.metadata!.creationTimestamp ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  return a.metadata!.name! < b.metadata!.name! ? -1 : 1;
}

/** A ControllerRevision of an owner's present template, without a name. */
export function newRevision(
  owner: KubeObject,
  resource: ResourceReference,
  revision: number,
  labels: Record<string, string>,
  apiVersion: string,
): KubeObject {
  const { namespace, annotations } = owner.metadata!;
  return {
    apiVersion,
    kind: 'ControllerRevision',
    metadata: {
      namespace,
      labels: { ...owner.spec.template.metadata?.labels, ...labels },
      ...(annotations ? { annotations } : {}),
      ownerReferences: [controllerReference(owner, resource)],
    },
    data: revisionData(owner) as any,
    revision,
  };
}

const hashLabel = 'controller.kubernetes.io/hash';
const longestPrefix = 223;

/**
 * Writes a revision of the owner's template under the name that its hash gives. Where another has that name the hash is salted with a higher count.
 * @returns the revision, ours or an equal one that was there, and how many collisions there were in all
 */
export async function createRevision(
  revisions: ResourceClient,
  owner: KubeObject,
  resource: ResourceReference,
  revision: number,
  collisionCount: number,
): Promise<{ created: KubeObject; collisionCount: number }> {
  const data = revisionData(owner);
  const { namespace, name } = owner.metadata!;
  const { group, version } = revisions.reference;
  const labels = { [hashLabel]: revisionHash(data, collisionCount) };
  const object = newRevision(owner, resource, revision, labels, apiVersionOf(group, version));
  for (let collisions = collisionCount; ; collisions++) {
    const named = {
      ...object,
      metadata: { ...object.metadata, name: `${name!.slice(0, longestPrefix)}-${revisionHash(data, collisions)}` },
    };
    try {
      return { created: await revisions.create(namespace!, named), collisionCount: collisions };
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const existing = await revisions.get(namespace!, named.metadata.name);
      if (keepsData(existing, data)) return { created: existing, collisionCount: collisions };
    }
  }
}

/** Deletes the oldest of `revisions` (in order) that nothing uses, until `limit` of them are left. @param live names that stay */
export async function truncateRevisions(
  api: ResourceClient,
  revisions: readonly KubeObject[],
  live: ReadonlySet<string>,
  limit: number,
): Promise<void> {
  const past = revisions.filter(({ metadata }) => !live.has(metadata!.name!));
  for (const { metadata } of past.slice(0, Math.max(0, past.length - limit))) {
    await unlessNotFound(api.delete(metadata!.namespace!, metadata!.name!));
  }
}
