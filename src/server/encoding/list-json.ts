import type { ResourceDefinition } from '../../../api/define.ts';
import { apiVersionOf } from '../../../api/meta/object.ts';
import type { ListAnswer } from '../answer.ts';
import { ChunkWriter } from './chunks.ts';
import type { Body } from './encoder.ts';
import { typeMetaStripper } from './json.ts';

const comma = Buffer.from(',');
const commaBrace = Buffer.from(',{');
const brace = Buffer.from('{');
const end = Buffer.from(']}\n');

/** A list's bytes from the stored bytes of its items, copied once. */
export function encodeListJson({ definition, items, metadata }: ListAnswer): Omit<Body, 'contentType'> {
  const apiVersion = apiVersionOf(definition.group, definition.version);
  const head = Buffer.from(
    `{"kind":${JSON.stringify(definition.listKind)},"apiVersion":${JSON.stringify(apiVersion)},"metadata":${JSON.stringify(listMeta(metadata))},"items":[`,
  );
  let expected = head.length + end.length;
  for (const item of items) expected += item.json.length + 1;
  const writer = new ChunkWriter(expected);
  writer.write(head);
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
  writer.write(end);
  return { chunks: writer.finish(), length: writer.length };
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
