// Names of what a server's own files configure (KEP-5793).
const reservedSuffix = '.static.k8s.io';

/** Warns of names that are kept for static configuration. */
export function reservedNameWarnings({ metadata }: { readonly metadata?: { readonly name?: string } }): string[] {
  if (!metadata?.name?.endsWith(reservedSuffix)) return [];
  return [
    `metadata.name: names ending with "${reservedSuffix}" are reserved for static manifest-based configurations and cannot be managed via the API`,
  ];
}
