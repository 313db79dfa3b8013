import type { Invocation } from './utilities.ts';

/** Says what is wrong in a utility's name. @returns its exit code */
export function complain({ name, err }: Invocation, message: string, code = 1): number {
  err(`${name}: ${message}\n`);
  return code;
}
