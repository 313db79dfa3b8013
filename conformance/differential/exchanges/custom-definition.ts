/** Where CustomResourceDefinitions are. */
export const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** A definition of a namespaced kind, whose other names follow from it. @param more names */
export function customDefinition(group: string, kind: string, versions: readonly object[], more: object = {}) {
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope: 'Namespaced', names: { plural, singular, kind, listKind: `${kind}List`, ...more }, versions },
  };
}
