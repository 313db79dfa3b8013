import type { ScaleSubresource } from '../../../api/define.ts';
import { invalid as invalidField } from '../../../api/meta/field.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { copyData } from '../copy.ts';
import { invalid } from '../errors.ts';

/** The Scale of an object. */
export function readScale(scale: ScaleSubresource, object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata ?? {};
  const replicas = readPath(object, scale.specReplicasPath);
  const selector = scale.selector(object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as KubeObject['metadata'],
    spec: replicas === undefined || replicas === 0 ? {} : { replicas },
    status: { replicas: readPath(object, scale.statusReplicasPath) ?? 0, ...(selector ? { selector } : {}) },
  };
}

/**
 * The object with the replicas of a changed Scale; its metadata decides on conflicts.
 * @throws ApiError 422 for negative replicas
 */
export function writeScale(scale: ScaleSubresource, object: KubeObject, changed: KubeObject): KubeObject {
  const replicas = changed['spec']?.replicas ?? 0;
  if (replicas < 0) {
    const error = invalidField('spec.replicas', replicas, 'must be greater than or equal to 0');
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, changed.metadata?.name ?? '', [error]);
  }
  const result = copyData(object);
  const { resourceVersion, uid } = changed.metadata ?? {};
  if (resourceVersion) result.metadata!.resourceVersion = resourceVersion;
  else delete result.metadata!.resourceVersion;
  if (uid) result.metadata!.uid = uid;
  writePath(result, scale.specReplicasPath, replicas);
  return result;
}

export function readPath(object: KubeObject, path: readonly string[]): any {
  let value: any = object;
  for (const field of path) value = value?.[field];
  return value;
}

export function writePath(object: KubeObject, path: readonly string[], value: unknown): void {
  let target: any = object;
  for (const field of path.slice(0, -1)) target = target[field] ??= {};
  target[path.at(-1)!] = value;
}
