import type { CheckedKind } from '../../../api/cel/policy/type-check.ts';
import { jsonSchemaOf } from '../../../api/cel/schema/built-in-schema.ts';
import type { JsonSchema } from '../../../api/cel/schema/json-schema.ts';
import type { ResourceDefinition } from '../../../api/define.ts';
import { definitions } from '../../../api/index.ts';
import { apiVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import type { SchemaSource } from '../../../openapi/schema.ts';
import { createSchemaSource } from '../../../openapi/source.ts';

const metaSchema = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** The schemas of kinds: built-in ones, and those of CustomResourceDefinitions. */
export class KindSchemas {
  private readonly customResources: () => Iterable<KubeObject>;
  // Made when it is first needed: most clusters have no policies.
  private source: SchemaSource | undefined;

  constructor(customResources: () => Iterable<KubeObject>) {
    this.customResources = customResources;
  }

  ofResource(group: string, version: string, resource: string): CheckedKind | undefined {
    const builtIn = definitions.find((other) => other.group === group && other.version === version && other.plural === resource);
    if (builtIn) return this.builtIn(builtIn);
    for (const definition of this.customResources()) {
      if (definition.spec.group === group && definition.spec.names.plural === resource) return this.custom(definition, version);
    }
    return undefined;
  }

  ofKind(apiVersion: string, kind: string): JsonSchema | undefined {
    const builtIn = definitions.find((other) => other.kind === kind && apiVersionOf(other.group, other.version) === apiVersion);
    if (builtIn) return this.builtIn(builtIn)?.schema;
    for (const definition of this.customResources()) {
      const { group, names } = definition.spec;
      if (names.kind === kind && apiVersion.startsWith(`${group}/`))
        return this.custom(definition, apiVersion.slice(group.length + 1))?.schema;
    }
    return undefined;
  }

  private get schemas(): SchemaSource {
    this.source ??= createSchemaSource();
    return this.source;
  }

  private builtIn({ group, version, kind, schema }: ResourceDefinition): CheckedKind {
    return { group, version, kind, schema: jsonSchemaOf(typeof schema === 'string' ? this.schemas.get(schema) : schema) };
  }

  private custom({ spec }: KubeObject, version: string): CheckedKind | undefined {
    const found = spec.versions.find((other: { name: string; served: boolean }) => other.name === version && other.served);
    const schema: JsonSchema | undefined = found?.schema?.openAPIV3Schema;
    if (!schema) return undefined;
    const metadata = jsonSchemaOf(this.schemas.get(metaSchema));
    const properties = { ...schema.properties, apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata };
    return { group: spec.group, version, kind: spec.names.kind, schema: { ...schema, properties } };
  }
}
