import type { Refusal } from '../framework.ts';

export function unschedulable(plugin: string, ...reasons: string[]): Refusal {
  return { code: 'unschedulable', plugin, reasons };
}

/** Refused, and taking other pods away would not help. */
export function unresolvable(plugin: string, ...reasons: string[]): Refusal {
  return { code: 'unresolvable', plugin, reasons };
}
