import type { ResourceDefinition } from '../../../api/define.ts';
import { apiVersionOf } from '../../../api/meta/object.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import type { ListAnswer } from '../answer.ts';
import type { Body } from './encoder.ts';
import { typeMetaStripper } from './json.ts';

const comma = Buffer.from(',');
const commaBrace = Buffer.from(',{');
const end = Buffer.from(']}\n');

/** The bytes of items that were listed, for whoever lists them again while the array of them is still in use. */
const encodedItems = new WeakMap<readonly StoredObject[], EncodedItems>();
/** Fewer bytes are joined again as quickly. */
const keptFrom = 64 * 1024;
/** Bytes of one write: enough that there are few of them, so few that a slow reader is waited for. */
const pieceSize = 128 * 1024;

interface EncodedItems {
  readonly bytes: Buffer;
  /** The same bytes, as they are written. */
  readonly pieces: readonly Buffer[];
}

/** A list's bytes from the stored bytes of its items, copied once for all lists of the same items. */
export function encodeListJson({ definition, items, metadata }: ListAnswer): Omit<Body, 'contentType'> {
  const apiVersion = apiVersionOf(definition.group, definition.version);
  const [head, tail] = isCustom(definition) ? customEnds(definition, apiVersion, metadata) : builtInEnds(definition, apiVersion, metadata);
  const { bytes, pieces } = encodedItems.get(items) ?? encodeItems(definition, apiVersion, items);
  const length = head.length + bytes.length + tail.length;
  // A small answer is one write.
  const chunks = length < keptFrom ? [Buffer.concat([head, bytes, tail], length)] : [head, ...pieces, tail];
  return { chunks, length, ...(bytes.length >= keptFrom ? { shared: bytes } : {}) };
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

function encodeItems(definition: ResourceDefinition, apiVersion: string, items: readonly StoredObject[]): EncodedItems {
  const parts: Buffer[] = [];
  if (isCustom(definition)) {
    for (const item of items) parts.push(comma, item.json);
  } else {
    const strip = typeMetaStripper(apiVersion, definition.kind);
    for (const item of items)
      parts.push(
        commaBrace,
        strip(item.json, () => item.object),
      );
  }
  const bytes = Buffer.concat(parts).subarray(comma.length);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceSize) pieces.push(bytes.subarray(at, at + pieceSize));
  const encoded = { bytes, pieces };
  if (bytes.length >= keptFrom) encodedItems.set(items, encoded);
  return encoded;
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
