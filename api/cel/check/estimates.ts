/** A size or a cost between two bounds; Infinity is "unknown" and what is beyond 64 bits. */
export interface Estimate {
  readonly min: number;
  readonly max: number;
}

export const unknownEstimate: Estimate = { min: 0, max: Number.POSITIVE_INFINITY };
export const noEstimate: Estimate = { min: 0, max: 0 };
const beyond = 2 ** 64;

export function fixedEstimate(value: number): Estimate {
  return { min: value, max: value };
}

export function addEstimates(a: Estimate, b: Estimate): Estimate {
  return { min: saturate(a.min + b.min), max: saturate(a.max + b.max) };
}

export function multiplyEstimates(a: Estimate, b: Estimate): Estimate {
  return { min: multiply(a.min, b.min), max: multiply(a.max, b.max) };
}

/** Rounded up. */
export function scaleEstimate(a: Estimate, factor: number): Estimate {
  return { min: Math.ceil(multiply(a.min, factor)), max: Math.ceil(multiply(a.max, factor)) };
}

export function uniteEstimates(a: Estimate, b: Estimate): Estimate {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

export function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : saturate(a * b);
}

function saturate(value: number): number {
  return value >= beyond ? Number.POSITIVE_INFINITY : value;
}
