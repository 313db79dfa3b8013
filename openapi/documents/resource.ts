/** What the documents read of a ResourceDefinition (`api/define.ts`, which may import this folder but not the reverse). */
export interface DocumentedResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly listKind: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly verbs: readonly string[];
  /** The definition's name; resources with a schema of their own are documented elsewhere. */
  readonly schema: string | object;
  readonly subresources: readonly DocumentedSubresource[];
  readonly returnsDeletedObject?: boolean;
}

export interface DocumentedSubresource {
  readonly name: string;
  /** Default: the resource's own kind. */
  readonly kind?: { readonly group: string; readonly version: string; readonly kind: string };
  readonly verbs: readonly string[];
}
