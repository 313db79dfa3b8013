import { createHash } from 'node:crypto';
import builtInHashes from '../data/document-hashes.json' with { type: 'json' };
import { definitionsDigest } from '../definitions.ts';
import { groupVersionPath } from './names.ts';
import type { DocumentedResource } from './resource.ts';
import { documentNames } from './v3.ts';

export { mergeOpenAPIV2, type OpenAPIV2 } from './merge.ts';
export type { CustomDocumentation, DocumentedResource, DocumentedSubresource } from './resource.ts';
export { buildOpenAPIV2 } from './v2.ts';
export { encodeOpenAPIV2 } from './v2-protobuf.ts';
export { buildOpenAPIV3, documentNames, operationsOf } from './v3.ts';
export { encodeOpenAPIV3 } from './v3-protobuf.ts';

/** To be raised when the same definitions give other documents, because clients keep documents by hash. */
const revision = 1;

/** The answer of `/openapi/v3`: each document's path with the hash of its content. */
export function buildOpenAPIV3Index(resources: readonly DocumentedResource[]): { paths: Record<string, { serverRelativeURL: string }> } {
  const entries = documentNames(resources).map((name) => {
    return [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${documentHash(name, resources)}` }] as const;
  });
  return { paths: Object.fromEntries(entries) };
}

/**
 * The hash of a document (v3's by name; v2's by the name `v2`), known without building the document: the SHA-512 of a v3 document of built-in kinds,
 * which never changes, is data; of others it is the SHA-512 over all that the document is made of.
 */
export function documentHash(name: string, resources: readonly DocumentedResource[]): string {
  const own = resources.filter(({ group, version }) => name === 'v2' || groupVersionPath(group, version).slice(1) === name);
  const known = (builtInHashes as Readonly<Record<string, string>>)[name];
  if (known !== undefined && own.every(({ documentation }) => documentation === undefined)) return known;
  const parts = own.map((resource) => [
    ...[resource.group, resource.version, resource.kind, resource.plural, resource.listKind, resource.scope, resource.verbs],
    resource.documentation?.fingerprint ?? resource.schema,
    ...[resource.returnsDeletedObject === true, resource.subresources.map(({ name, kind, verbs }) => [name, kind, verbs])],
  ]);
  const text = JSON.stringify([revision, definitionsDigest(), name, parts]);
  return createHash('sha512').update(text).digest('hex').toUpperCase();
}
