/** What the documents read of a ResourceDefinition (`api/define.ts`, which may import this folder but not the reverse). */
export interface DocumentedResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly listKind: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly verbs: readonly string[];
  /** The definition's name, or the schema of a custom kind. */
  readonly schema: string | object;
  /** Of custom kinds. */
  readonly documentation?: CustomDocumentation;
  readonly subresources: readonly DocumentedSubresource[];
  readonly returnsDeletedObject?: boolean;
}

/** What documents tell of a custom kind. */
export interface CustomDocumentation {
  /** As its CustomResourceDefinition has it; absent where it has none. */
  readonly schema: Record<string, unknown> | undefined;
  /** Paths that field selectors may name. */
  readonly selectableFields?: readonly string[];
  /** Changes whenever what is told does. */
  readonly fingerprint: string;
}

export interface DocumentedSubresource {
  readonly name: string;
  /** Default: the resource's own kind. */
  readonly kind?: { readonly group: string; readonly version: string; readonly kind: string };
  readonly verbs: readonly string[];
}
