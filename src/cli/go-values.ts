import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';
import { parseGoDuration } from '../../api/meta/duration.ts';
import { goQuote } from '../../api/meta/go-quote.ts';

/* Values of flags, as Go's flags take them. */

/** @throws InvalidArgumentError in Go's words */
export function boolean(text: string): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  throw new InvalidArgumentError(`strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`);
}

/** Milliseconds. @throws InvalidArgumentError in Go's words */
export function goDuration(text: string): number {
  try {
    return parseGoDuration(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/** @throws InvalidArgumentError in Go's words */
export function ip(text: string): string {
  if (isIP(text.trim()) === 0) throw new InvalidArgumentError(`failed to parse IP: ${goQuote(text)}`);
  return text.trim();
}

/** @returns what reads whole numbers as Go's function of the name does @throws InvalidArgumentError in its words */
export const integer = (parser: 'ParseInt' | 'ParseUint' | 'Atoi') => (text: string) => {
  if (!(parser === 'ParseUint' ? /^\d+$/ : /^[+-]?\d+$/).test(text))
    throw new InvalidArgumentError(`strconv.${parser}: parsing ${goQuote(text)}: invalid syntax`);
  return Number(text);
};

/** The values of a flag that may be given several times. */
export function repeated(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

/** The values of a flag that may be given several times, each with several values. */
export function strings(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), ...text.split(',')];
}

/** Both inclusive, of `FIRST-LAST`, `FIRST+MORE` or one port. @throws InvalidArgumentError in Go's words */
export function portRange(text: string): [first: number, last: number] {
  const trimmed = text.trim();
  const [, from, sign, to] = /^([^-+]*)([-+]?)(.*)$/s.exec(trimmed) as unknown as [string, string, string, string];
  const first = integer('Atoi')(from);
  if (sign === '') return [first, first];
  const last = sign === '-' ? integer('Atoi')(to) : first + integer('Atoi')(to);
  if (last < first) throw new InvalidArgumentError(`end port cannot be less than start port: ${trimmed}`);
  if (last > 65_535) throw new InvalidArgumentError(`the port range cannot be greater than 65535: ${trimmed}`);
  return [first, last];
}

/** Patterns of the Origin header. @throws InvalidArgumentError for one that would match the end of another host's name */
export function allowedOrigins(text: string, before: readonly RegExp[] | undefined): RegExp[] {
  return [...(before ?? []), ...text.split(',').map(allowedOrigin)];
}

function allowedOrigin(text: string): RegExp {
  if (!/\^|\/\//.test(text) || !/[$:]/.test(text))
    throw new InvalidArgumentError('regular expression does not pin to start/end of host in the origin header');
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
