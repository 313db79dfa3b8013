import type { ResourceDefinition } from '../../../api/define.ts';
import { apiVersionOf } from '../../../api/meta/object.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import type { ListAnswer } from '../answer.ts';
import { ChunkWriter } from './chunks.ts';
import type { Body } from './encoder.ts';
import { typeMetaStripper } from './json.ts';

const comma = Buffer.from(',');
const commaBrace = Buffer.from(',{');
const brace = Buffer.from('{');
const end = Buffer.from(']}\n');

/** The bytes of items that were listed, for whoever lists them again while the array of them is still in use. */
const encodedItems = new WeakMap<readonly StoredObject[], { readonly chunks: readonly Buffer[]; readonly length: number }>();
/** Fewer bytes are joined again as quickly. */
const keptFrom = 64 * 1024;

/** A list's bytes from the stored bytes of its items, copied once for all lists of the same items. */
export function encodeListJson({ definition, items, metadata }: ListAnswer): Omit<Body, 'contentType'> {
  const apiVersion = apiVersionOf(definition.group, definition.version);
  const [head, tail] = isCustom(definition) ? customEnds(definition, apiVersion, metadata) : builtInEnds(definition, apiVersion, metadata);
  const body = encodedItems.get(items) ?? encodeItems(definition, apiVersion, items);
  const length = head.length + body.length + tail.length;
  // A small answer is one write.
  const chunks = length < keptFrom ? [Buffer.concat([head, ...body.chunks, tail], length)] : [head, ...body.chunks, tail];
  return { chunks, length, ...(body.length >= keptFrom ? { shared: body } : {}) };
}

type Ends = readonly [head: Buffer, tail: Buffer];

function builtInEnds({ listKind }: ResourceDefinition, apiVersion: string, metadata: ListAnswer['metadata']): Ends {
  const head = `{"kind":${JSON.stringify(listKind)},"apiVersion":${JSON.stringify(apiVersion)},"metadata":${JSON.stringify(listMeta(metadata))},"items":[`;
  return [Buffer.from(head), end];
}

/** Data without a type is written in the order of its names. */
function customEnds({ listKind }: ResourceDefinition, apiVersion: string, metadata: ListAnswer['metadata']): Ends {
  const tail = `],"kind":${JSON.stringify(listKind)},"metadata":${JSON.stringify(customListMeta(metadata))}}\n`;
  return [Buffer.from(`{"apiVersion":${JSON.stringify(apiVersion)},"items":[`), Buffer.from(tail)];
}

/** ListMeta of custom resources, whose empty `continue` is written. */
export function customListMeta({
  resourceVersion,
  continue: token = '',
  remainingItemCount,
}: ListAnswer['metadata']): ListAnswer['metadata'] {
  return { continue: token, ...(remainingItemCount !== undefined ? { remainingItemCount } : {}), resourceVersion };
}

function encodeItems(
  definition: ResourceDefinition,
  apiVersion: string,
  items: readonly StoredObject[],
): { chunks: readonly Buffer[]; length: number } {
  let expected = 0;
  for (const item of items) expected += item.json.length + 1;
  const writer = new ChunkWriter(expected);
  if (isCustom(definition)) {
    items.forEach((item, index) => {
      if (index > 0) writer.write(comma);
      writer.write(item.json);
    });
  } else {
    const strip = typeMetaStripper(apiVersion, definition.kind);
    items.forEach((item, index) => {
      writer.write(index > 0 ? commaBrace : brace);
      writer.write(strip(item.json, () => item.object));
    });
  }
  const body = { chunks: writer.finish(), length: writer.length };
  if (body.length >= keptFrom) encodedItems.set(items, body);
  return body;
}

/** ListMeta in the order in which it is written. */
export function listMeta({ resourceVersion, continue: token, remainingItemCount }: ListAnswer['metadata']): ListAnswer['metadata'] {
  return {
    resourceVersion,
    ...(token ? { continue: token } : {}),
    ...(remainingItemCount !== undefined ? { remainingItemCount } : {}),
  };
}

/** Kinds made from CustomResourceDefinitions carry their schema with them; items of their lists keep kind and apiVersion. */
export function isCustom(definition: ResourceDefinition): boolean {
  return typeof definition.schema !== 'string';
}
