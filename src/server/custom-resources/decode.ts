import { isJsonObject } from '../../../api/meta/json.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { conformValue, EmbeddedMetadataError, type ReadObjectMeta, UnknownFields } from '../../../api/structural/conform-value.ts';
import type { Structural } from '../../../api/structural/structural.ts';
import type { DecodeOptions, Schema } from '../../../openapi/schema.ts';
import { conform, DecodeError } from '../../machinery/schema/conform.ts';

/** A custom object as it comes from a client or from storage, in the form of its schema. */
export interface Decoded {
  readonly object: KubeObject;
  /** Paths that the schema does not know, in upstream's order; empty unless asked for. */
  readonly unknown: readonly string[];
}

/**
 * Pruned, defaulted, its metadata in form.
 * @throws DecodeError where the metadata, or that of an embedded resource, cannot be one
 */
export function decodeCustom(value: unknown, schema: Structural, metaSchema: Schema, { strict, keepsNulls }: DecodeOptions): Decoded {
  if (!isJsonObject(value)) throw new DecodeError(`json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value`);
  const readMeta = metaReader(metaSchema, strict);
  const unknown = strict ? new UnknownFields() : undefined;
  const own = Object.hasOwn(value, 'metadata') ? readMeta(value['metadata']) : undefined;
  let object: KubeObject;
  try {
    object = conformValue(value, schema, { readMeta, keepsNulls, ...(unknown ? { unknown } : {}) }) as KubeObject;
  } catch (error) {
    throw error instanceof EmbeddedMetadataError ? new DecodeError(error.message) : error;
  }
  if (own) object.metadata = own.value as NonNullable<KubeObject['metadata']>;
  return { object, unknown: unknown ? [...(own?.unknown ?? []).map((path) => `metadata.${path}`), ...unknown.sorted()] : [] };
}

/** What is stored, as the present schema of its version has it. Its metadata is what a server wrote. */
export function readStored(stored: KubeObject, schema: Structural, metaSchema: Schema): KubeObject {
  return conformValue(stored, schema, { readMeta: metaReader(metaSchema, false), lenient: true }) as KubeObject;
}

/** What has been converted, without what the schema of its version does not know. */
export function pruneStored(converted: KubeObject, schema: Structural, metaSchema: Schema): KubeObject {
  return conformValue(converted, schema, { readMeta: metaReader(metaSchema, false), lenient: true, withoutDefaults: true }) as KubeObject;
}

function metaReader(metaSchema: Schema, strict: boolean): ReadObjectMeta {
  return (value) => {
    const { object, strictErrors } = conform(value ?? {}, metaSchema, { strict });
    return { value: object, unknown: strictErrors.map((text) => /^unknown field "(.*)"$/s.exec(text)?.[1] ?? text) };
  };
}
