import type { ResourceDefinition } from '../../../api/define.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { notAcceptable } from '../../registry/errors.ts';
import type { ListAnswer } from '../answer.ts';
import { isCustom, listMeta } from './list-json.ts';

export function partialObject(object: KubeObject, version: string): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata ?? {} };
}

export function partialList(answer: ListAnswer, version: string): KubeObject {
  return {
    kind: 'PartialObjectMetadataList',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: listMeta(answer.metadata) as KubeObject['metadata'],
    items: answer.items.map((item) => partialObject(item.object, version)),
  };
}

/** 406: one object asked for as a list. */
export function notAList(definition: ResourceDefinition | undefined, kind: string): Error {
  return notAcceptable(`you requested PartialObjectMetadataList, but the requested object is not a list (${typeName(definition, kind)})`);
}

/** 406: a list asked for as one object. */
export function isAList(definition: ResourceDefinition): Error {
  return notAcceptable(
    `you requested PartialObjectMetadata, but the requested object is a list (${typeName(definition, definition.listKind)})`,
  );
}

/** The messages name the type by which the real server knows it. */
function typeName(definition: ResourceDefinition | undefined, kind: string): string {
  if (definition && isCustom(definition))
    return kind === definition.listKind ? '*unstructured.UnstructuredList' : '*unstructured.Unstructured';
  const group = definition?.group ?? '';
  return `*${group === '' || group === 'events.k8s.io' ? 'core' : group.split('.')[0]}.${kind}`;
}
