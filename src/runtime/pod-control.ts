import type { KubeObject } from '../../api/meta/object.ts';
import type { Client, ResourceReference } from '../client/client.ts';
import { isNamespaceTerminating, isNotFound, messageOf } from './errors.ts';
import type { EventRecorder } from './events.ts';
import { controllerReference } from './owners.ts';

export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly finalizers?: string[];
  };
  readonly spec?: unknown;
}

/** A pod of a template that belongs to `owner`. The name comes from the owner's. */
export function podFromTemplate(template: PodTemplate, owner: KubeObject, resource: ResourceReference): KubeObject {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${owner.metadata!.name}-`,
      namespace: owner.metadata!.namespace,
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ownerReferences: [controllerReference(owner, resource)],
      ...(finalizers ? { finalizers } : {}),
    },
    spec: template.spec,
  };
}

/** Creates and deletes pods for owners of one resource, and tells of it in events about the owner. */
export interface PodControl {
  create(pod: KubeObject, owner: KubeObject): Promise<KubeObject>;
  delete(pod: KubeObject, owner: KubeObject): Promise<void>;
}

export function createPodControl(
  client: Client,
  pods: ResourceReference,
  resource: ResourceReference,
  recorder: EventRecorder,
): PodControl {
  const api = client.resource(pods);
  return {
    async create(pod, owner) {
      try {
        const created = await api.create(owner.metadata!.namespace!, pod);
        recorder.event({ object: owner, resource }, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata!.name}`);
        return created;
      } catch (error) {
        if (!isNamespaceTerminating(error)) {
          recorder.event({ object: owner, resource }, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`);
        }
        throw error;
      }
    },
    async delete(pod, owner) {
      const { namespace, name } = pod.metadata!;
      try {
        await api.delete(namespace!, name!);
      } catch (error) {
        if (isNotFound(error)) throw error;
        recorder.event({ object: owner, resource }, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`);
        throw error;
      }
      recorder.event({ object: owner, resource }, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    },
  };
}
