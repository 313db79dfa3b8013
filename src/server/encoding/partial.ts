import type { ResourceDefinition } from '../../../api/define.ts';
import { groupVersionOf, type KubeObject, type ObjectMeta } from '../../../api/meta/object.ts';
import { inGoOrder } from '../../machinery/schema/key-order.ts';
import { ApiError, notAcceptable } from '../../registry/errors.ts';
import type { ListAnswer, ObjectAnswer } from '../answer.ts';
import { isCustom, listMeta } from './list-json.ts';

/** @param definition of the object, if any is known */
export function partialObject(definition: ResourceDefinition | undefined, object: KubeObject, version: string): KubeObject {
  const metadata = object.metadata ?? {};
  const shown = definition?.derivedAnnotations ? withoutAnnotations(metadata, Object.keys(definition.derivedAnnotations)) : metadata;
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: typed(definition, shown) };
}

/** Metadata of its own has a type also where the object that it is of has none: its fields stand as in the type then. */
function typed(definition: ResourceDefinition | undefined, metadata: ObjectMeta): ObjectMeta {
  const schema = definition?.schema;
  const field = typeof schema === 'object' && schema.type === 'object' ? schema.fields.get('metadata') : undefined;
  return field ? inGoOrder(metadata, field.schema) : metadata;
}

function withoutAnnotations(metadata: ObjectMeta, names: readonly string[]): ObjectMeta {
  const { annotations = {}, ...rest } = metadata;
  const left = Object.entries(annotations).filter(([name]) => !names.includes(name));
  return left.length > 0 ? { ...metadata, annotations: Object.fromEntries(left) } : rest;
}

export function partialList(answer: ListAnswer, version: string): KubeObject {
  return {
    kind: 'PartialObjectMetadataList',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: listMeta(answer.metadata) as KubeObject['metadata'],
    items: answer.items.length === 0 ? null : answer.items.map((item) => partialObject(answer.definition, item.object, version)),
  };
}

/** 406: one object asked for as a list; data without a type has words of its own. */
export function notAList({ definition, shown }: Pick<ObjectAnswer, 'definition' | 'shown'>, object: KubeObject): Error {
  if (definition && isCustom(definition)) return new ApiError(500, '', 'content is not a list');
  const { group } = definition ?? groupVersionOf(object.apiVersion ?? '');
  return notAListOf(shown?.type ?? typeName(definition, group, object.kind ?? ''));
}

/** The same of something that has no definition. @param type by its name upstream */
export function notAListOf(type: string): ApiError {
  return notAcceptable(`you requested PartialObjectMetadataList, but the requested object is not a list (${type})`);
}

/** 406: a list asked for as one object. */
export function isAList(definition: ResourceDefinition): Error {
  return notAcceptable(
    `you requested PartialObjectMetadata, but the requested object is a list (${typeName(definition, definition.group, definition.listKind)})`,
  );
}

/** The messages name the type by which the real server knows it. */
function typeName(definition: ResourceDefinition | undefined, group: string, kind: string): string {
  if (definition && isCustom(definition))
    return kind === definition.listKind ? '*unstructured.UnstructuredList' : '*unstructured.Unstructured';
  return `*${group === '' || group === 'events.k8s.io' ? 'core' : group.split('.')[0]}.${kind}`;
}
