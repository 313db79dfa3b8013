import { apiVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import type { Client } from '../../client/client.ts';
import { isAlreadyExists } from '../../runtime/errors.ts';
import { typed } from '../../runtime/objects.ts';
import { createPodTemplateHash } from '../../runtime/pod-template-hash.ts';
import { byRevision, keepsData, newRevision, revisionData, truncateRevisions } from '../../runtime/revisions.ts';
import { controllerRevisions, daemonSets, pods as podResource } from '../resources.ts';
import { hashLabel } from './placement.ts';

export interface History {
  readonly current: KubeObject;
  readonly past: readonly KubeObject[];
}

/** The ControllerRevisions of DaemonSets: one for each template that it had. */
export function createHistories(client: Client): {
  find(set: KubeObject, revisions: readonly KubeObject[], pods: readonly KubeObject[]): Promise<History>;
  cleanUp(set: KubeObject, past: readonly KubeObject[], pods: readonly KubeObject[]): Promise<void>;
} {
  const api = client.resource(controllerRevisions);
  const sets = client.resource(daemonSets);
  const podsApi = client.resource(podResource);
  const podTemplateHash = createPodTemplateHash();

  /** The revision of the present template, made or renumbered as the highest, and the others. */
  async function find(set: KubeObject, revisions: readonly KubeObject[], pods: readonly KubeObject[]): Promise<History> {
    const data = revisionData(set);
    const equal: KubeObject[] = [];
    const past: KubeObject[] = [];
    for (const revision of await Promise.all(revisions.map(labelled))) (keepsData(revision, data) ? equal : past).push(revision);
    const number = past.reduce((most, revision) => Math.max(most, Number(revision['revision'])), 0) + 1;
    if (equal.length === 0) return { current: await snapshot(set, number), past };
    const current = await withoutDuplicates(equal, pods);
    if (current['revision'] < number) {
      await api.update(set.metadata!.namespace!, typed(controllerRevisions, { ...current, revision: number }));
    }
    return { current, past };
  }

  // Revisions of very old clusters lack the label.
  async function labelled(revision: KubeObject): Promise<KubeObject> {
    const { labels, name, namespace } = revision.metadata!;
    if (labels?.[hashLabel] !== undefined) return revision;
    const metadata = { ...revision.metadata, labels: { ...labels, [hashLabel]: name! } };
    return api.update(namespace!, typed(controllerRevisions, { ...revision, metadata }));
  }

  async function snapshot(set: KubeObject, number: number): Promise<KubeObject> {
    const { namespace, name } = set.metadata!;
    const hash = podTemplateHash(set.spec.template, set.status?.collisionCount);
    const { group, version } = controllerRevisions;
    const object = newRevision(set, daemonSets, number, { [hashLabel]: hash }, apiVersionOf(group, version));
    try {
      return await api.create(namespace!, { ...object, metadata: { ...object.metadata, name: `${name}-${hash}` } });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const existing = await api.get(namespace!, `${name}-${hash}`);
      if (keepsData(existing, revisionData(set))) return existing;
      const fresh = await sets.get(namespace!, name!);
      const status = { ...fresh.status, collisionCount: (fresh.status?.collisionCount ?? 0) + 1 };
      await sets.update(namespace!, typed(daemonSets, { ...fresh, status }), { subresource: 'status' });
      throw error;
    }
  }

  /** Keeps the highest of equal revisions; pods of the others are relabelled. */
  async function withoutDuplicates(equal: readonly KubeObject[], pods: readonly KubeObject[]): Promise<KubeObject> {
    const [kept, ...others] = [...equal].sort(byRevision).reverse() as [KubeObject, ...KubeObject[]];
    if (others.length === 0) return kept;
    const hash = kept.metadata!.labels![hashLabel];
    for (const { metadata } of pods) {
      if (metadata!.labels?.[hashLabel] === hash) continue;
      await podsApi.patch(metadata!.namespace!, metadata!.name!, 'application/merge-patch+json', {
        metadata: { labels: { [hashLabel]: hash } },
      });
    }
    for (const { metadata } of others) await api.delete(metadata!.namespace!, metadata!.name!);
    return kept;
  }

  async function cleanUp(set: KubeObject, past: readonly KubeObject[], pods: readonly KubeObject[]): Promise<void> {
    const hashes = new Set(pods.map(({ metadata }) => metadata!.labels?.[hashLabel]));
    const live = new Set(past.filter(({ metadata }) => hashes.has(metadata!.labels?.[hashLabel])).map(({ metadata }) => metadata!.name!));
    // Revisions that pods still have count against the limit, but are not deleted.
    const limit = Math.max(0, (set.spec.revisionHistoryLimit ?? 10) - live.size);
    await truncateRevisions(api, [...past].sort(byRevision), live, limit);
  }

  return { find, cleanUp };
}
