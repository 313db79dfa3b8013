import { canonicalJson } from '../../../../api/meta/go-json.ts';
import type { KubeObject } from '../../../../api/meta/object.ts';
import { readJson } from '../../schema/json-numbers.ts';
import { compare } from './compare.ts';
import type { FieldSet } from './field-set.ts';
import { fieldSetOf } from './set-of.ts';
import type { ManagerContext } from './types.ts';

const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
const maxAnnotationBytes = 256 * 1024;

/** kubectl's own server-side applies take over from its client-side ones; no other manager's do. */
export const kubectlManager = 'kubectl';

function lastApplied(object: KubeObject): string | undefined {
  return object.metadata?.annotations?.[annotation] || undefined;
}

/**
 * What kubectl's client-side apply owns: the fields of the annotation's configuration that still have its values.
 * @returns undefined if there is no annotation, or none that fits the live object
 */
export function clientSideApplied(live: KubeObject, context: ManagerContext): FieldSet | undefined {
  const text = lastApplied(live);
  if (text === undefined) return undefined;
  try {
    const configuration = readJson(text);
    if (configuration?.apiVersion !== context.apiVersion) return undefined;
    const { added, modified, removed } = compare(configuration, live, context.schema);
    return fieldSetOf(configuration, context.schema).difference(modified).difference(added).difference(removed);
  } catch {
    // A broken annotation takes nothing over; the conflict that led here is what the client is told.
    return undefined;
  }
}

/** Keeps the annotation, where there is one, in step with what kubectl applied. @returns a copy down to the annotations */
export function syncLastApplied(object: KubeObject, applied: KubeObject): KubeObject {
  if (lastApplied(object) === undefined) return object;
  const annotations = { ...object.metadata!.annotations };
  delete annotations[annotation];
  const text = `${canonicalJson(withoutAnnotation(applied))}\n`;
  if (annotationBytes(annotations) + annotation.length + Buffer.byteLength(text) <= maxAnnotationBytes) annotations[annotation] = text;
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function withoutAnnotation(applied: KubeObject): KubeObject {
  const annotations = applied.metadata?.annotations;
  if (annotations?.[annotation] === undefined) return applied;
  const { [annotation]: _, ...rest } = annotations;
  return { ...applied, metadata: { ...applied.metadata, annotations: rest } };
}

function annotationBytes(annotations: Readonly<Record<string, string>>): number {
  let bytes = 0;
  for (const key in annotations) bytes += Buffer.byteLength(key) + Buffer.byteLength(annotations[key]!);
  return bytes;
}
