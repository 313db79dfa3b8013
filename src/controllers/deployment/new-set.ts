import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { withCondition } from '../../runtime/conditions.ts';
import { isAlreadyExists, isNamespaceTerminating, messageOf } from '../../runtime/errors.ts';
import { typed } from '../../runtime/objects.ts';
import { controllerReference, isControlledBy } from '../../runtime/owners.ts';
import { createPodTemplateHash } from '../../runtime/pod-template-hash.ts';
import { type Condition, conditionOf } from '../../runtime/pods.ts';
import { deployments as deploymentResource, replicaSets as setResource } from '../resources.ts';
import { annotationsOfNewSet, revisionAnnotation, withReplicas } from './annotations.ts';
import { findNewSet, hashLabel, maximumRevision, replicasOf, sameTemplate } from './replica-sets.ts';
import type { RolloutDependencies } from './rollout.ts';
import { maximumReplicas, newSetSize } from './scaling.ts';
import { deploymentCondition, hasProgressDeadline } from './status.ts';

interface Dependencies extends RolloutDependencies {
  writeStatus(deployment: KubeObject, status: unknown, annotations?: Record<string, string>): Promise<KubeObject>;
}

interface Found {
  deployment: KubeObject;
  newSet: KubeObject | undefined;
  oldSets: KubeObject[];
}

const longestName = 253;

/** Cut where the hash would make the name of the set longer than a name may be. */
function setName(deployment: string, hash: string): string {
  return `${deployment.slice(0, longestName - hash.length - 1)}-${hash}`;
}

/** Finds the ReplicaSet of a Deployment's present template, or makes it, and keeps the revisions of both in step. */
export function createNewSets({ client, recorder, clock, writeStatus }: Dependencies): {
  find(deployment: KubeObject, owned: readonly KubeObject[], create: boolean): Promise<Found>;
} {
  const api = client.resource(setResource);
  const podTemplateHash = createPodTemplateHash();

  async function find(deployment: KubeObject, owned: readonly KubeObject[], create: boolean): Promise<Found> {
    const existing = findNewSet(deployment, owned);
    const oldSets = owned.filter((set) => set !== existing);
    const revision = maximumRevision(oldSets) + 1n;
    if (existing) return adjust(deployment, existing, oldSets, revision);
    if (!create) return { deployment, newSet: undefined, oldSets };
    return make(deployment, oldSets, revision);
  }

  async function adjust(deployment: KubeObject, set: KubeObject, oldSets: KubeObject[], revision: bigint): Promise<Found> {
    const annotations = annotationsOfNewSet(deployment, set.metadata!.annotations, revision);
    const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
    if (!semanticEqual(annotations, set.metadata!.annotations ?? {}) || (set.spec.minReadySeconds ?? 0) !== minReadySeconds) {
      const changed = { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, minReadySeconds } };
      const updated = await api.update(set.metadata!.namespace!, typed(setResource, changed));
      return { deployment, newSet: updated, oldSets };
    }
    const unsaid = !conditionOf(deployment, 'Progressing');
    const message = `Found new replica set "${set.metadata!.name}"`;
    return {
      deployment: await tell(
        deployment,
        set.metadata!.annotations?.[revisionAnnotation] ?? '',
        unsaid ? ['FoundNewReplicaSet', message] : undefined,
      ),
      newSet: set,
      oldSets,
    };
  }

  /** Writes the Deployment's revision, and what happened to its new set, if either is news. */
  async function tell(
    deployment: KubeObject,
    revision: string,
    progress: [reason: string, message: string] | undefined,
  ): Promise<KubeObject> {
    const annotations = { ...deployment.metadata!.annotations, [revisionAnnotation]: revision };
    const news = deployment.metadata!.annotations?.[revisionAnnotation] !== revision;
    const said = progress !== undefined && hasProgressDeadline(deployment);
    if (!news && !said) return deployment;
    let status = deployment.status ?? {};
    if (said) status = withProgress(deployment, 'True', progress[0], progress[1]);
    return writeStatus(deployment, status, annotations);
  }

  function withProgress(deployment: KubeObject, value: string, reason: string, message: string): Record<string, unknown> {
    const condition = deploymentCondition('Progressing', value, reason, message, clock.now());
    return { ...deployment.status, conditions: withCondition(deployment.status?.conditions as Condition[] | undefined, condition) };
  }

  function newSetOf(deployment: KubeObject, oldSets: readonly KubeObject[], revision: bigint): KubeObject {
    const { template, selector, minReadySeconds } = deployment.spec;
    const { name, namespace } = deployment.metadata!;
    const hash = podTemplateHash(template, deployment.status?.collisionCount);
    const labels = { ...template.metadata?.labels, [hashLabel]: hash };
    const desired = replicasOf(deployment);
    const annotations = annotationsOfNewSet(deployment, undefined, revision);
    return {
      apiVersion: 'apps/v1',
      kind: setResource.kind,
      metadata: {
        name: setName(name!, hash),
        namespace,
        labels,
        annotations: withReplicas(annotations, desired, maximumReplicas(deployment)),
        ownerReferences: [controllerReference(deployment, deploymentResource)],
      },
      spec: {
        replicas: newSetSize(deployment, oldSets, 0),
        ...(minReadySeconds ? { minReadySeconds } : {}),
        selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    };
  }

  async function make(deployment: KubeObject, oldSets: KubeObject[], revision: bigint): Promise<Found> {
    const set = newSetOf(deployment, oldSets, revision);
    const { name, namespace } = set.metadata!;
    const target = { object: deployment, resource: deploymentResource };
    let created: KubeObject;
    try {
      created = await api.create(namespace!, set);
    } catch (error) {
      if (isAlreadyExists(error)) {
        const ours = await settleCollision(deployment, set, error);
        return { deployment: await tell(deployment, String(revision), undefined), newSet: ours, oldSets };
      }
      if (isNamespaceTerminating(error)) throw error;
      const message = `Failed to create new replica set "${name}": ${messageOf(error)}`;
      if (hasProgressDeadline(deployment))
        await writeStatus(deployment, withProgress(deployment, 'False', 'ReplicaSetCreateError', message));
      recorder.event(target, 'Warning', 'ReplicaSetCreateError', message);
      throw error;
    }
    const size = replicasOf(created);
    if (size > 0) recorder.event(target, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${size}`);
    const told = await tell(deployment, String(revision), ['NewReplicaSetCreated', `Created new replica set "${name}"`]);
    return { deployment: told, newSet: created, oldSets };
  }

  /** The set of that name if it is ours after all (our informer was behind). @throws `error` otherwise, after the hash was told to differ */
  async function settleCollision(deployment: KubeObject, wanted: KubeObject, error: unknown): Promise<KubeObject> {
    const { name, namespace } = wanted.metadata!;
    const existing = await api.get(namespace!, name!);
    if (isControlledBy(existing, deployment) && sameTemplate(existing.spec.template, deployment.spec.template)) return existing;
    await writeStatus(deployment, { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 });
    throw error;
  }

  return { find };
}
