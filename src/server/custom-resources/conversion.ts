import type { Conversion, RemoteConversion, ResourceDefinition } from '../../../api/define.ts';
import { copySorted } from '../../../api/meta/json.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Schema } from '../../../openapi/schema.ts';
import { ApiError } from '../../registry/errors.ts';
import type { ConversionWebhook } from './conversion-webhook.ts';
import { pruneStored, readStored } from './decode.ts';
import type { VersionSchemas } from './version-schemas.ts';

export interface CustomConversionParts {
  readonly schemas: VersionSchemas;
  readonly meta: () => Schema;
  /** The kind in each of its versions. */
  readonly versions: ReadonlyMap<string, ResourceDefinition>;
  /** The apiVersion of the version itself, and of the one that is stored. */
  readonly own: string;
  readonly stored: string;
  /** Absent: versions differ by their schemas and their names only. */
  readonly webhook: ConversionWebhook | undefined;
}

/**
 * How objects of one version of a custom kind are stored and read. What is stored gets the defaults of the version in which it is stored; then it is
 * converted; then what the schema of the version that was asked for does not know is dropped.
 */
export function customConversion(parts: CustomConversionParts): Conversion {
  const { own, stored, schemas, meta, versions, webhook } = parts;
  const read = (object: KubeObject): KubeObject => {
    const schema = schemas.get(object.apiVersion!);
    if (!schema) throw new ApiError(500, '', `request to convert CR from an invalid group/version: ${object.apiVersion}`);
    return readStored(object, schema, meta());
  };
  const pruned = (object: KubeObject, apiVersion: string): KubeObject =>
    pruneStored({ ...object, apiVersion }, schemas.get(apiVersion)!, meta());
  const sorted = (object: KubeObject): KubeObject => copySorted(object);
  const remote: RemoteConversion | undefined = webhook && {
    toStorage: (object) =>
      object.apiVersion === stored ? undefined : webhook.convert(sorted(object), stored).then((converted) => pruned(converted, stored)),
    fromStorage: (object) =>
      object.apiVersion === own ? undefined : webhook.convert(read(object), own).then((converted) => pruned(converted, own)),
    toVersion: (object, apiVersion) => webhook.convert(sorted(object), apiVersion),
  };
  return {
    ownRules: true,
    inVersion: (apiVersion) => versions.get(apiVersion),
    toStorage: (object) => (object.apiVersion === stored ? sorted(object) : pruned(object, stored)),
    fromStorage(object) {
      const asStored = read(object);
      return object.apiVersion === own ? asStored : pruned(asStored, own);
    },
    ...(remote ? { remote } : {}),
  };
}
