interface Binding {
  readonly spec?: { readonly paramRef?: { readonly name?: string; readonly namespace?: string } };
}

/** The parameters that a binding names, as tables show them. */
export function paramCell({ spec }: Binding): string {
  const { name, namespace } = spec?.paramRef ?? {};
  if (!spec?.paramRef) return '<unset>';
  return namespace ? `${namespace}/${name ?? '*'}` : (name ?? '*');
}
