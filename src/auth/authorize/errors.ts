/** Several errors as one text, each of them once, as Go's aggregates print them. @param errors at least one */
export function joinErrors(errors: readonly string[]): string {
  const unique = [...new Set(errors)];
  return unique.length === 1 ? unique[0]! : `[${unique.join(', ')}]`;
}
