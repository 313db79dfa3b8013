/** A number of a JSON text as Go prints it: one that can be is an integer of 64 bits. */
export function printFloat(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : printFloat64(value);
}

/** A float as Go prints it. */
export function printFloat64(value: number): string {
  const size = Math.abs(value);
  if (Object.is(value, -0)) return '-0';
  if (size === 0 || (size >= 1e-4 && size < 1e6)) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}
