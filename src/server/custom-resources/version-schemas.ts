import { apiVersionOf } from '../../../api/meta/object.ts';
import { Structural } from '../../../api/structural/structural.ts';
import type { CustomResourceDefinition } from '../../../openapi/types.ts';

/** The schemas of all versions of a definition, served or not, each made when it is first used. */
export class VersionSchemas {
  private readonly sources = new Map<string, unknown>();
  private readonly made = new Map<string, Structural>();

  constructor({ spec }: CustomResourceDefinition) {
    for (const { name, schema } of spec.versions) this.sources.set(apiVersionOf(spec.group, name), schema?.openAPIV3Schema);
  }

  /** Undefined for a version that the definition does not have. */
  get(apiVersion: string): Structural | undefined {
    let schema = this.made.get(apiVersion);
    if (!schema && this.sources.has(apiVersion)) {
      schema = new Structural(this.sources.get(apiVersion) ?? { type: 'object' }, true);
      this.made.set(apiVersion, schema);
    }
    return schema;
  }
}
