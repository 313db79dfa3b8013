import { copySorted } from './json.ts';
import { jsonText } from './json-text.ts';

const unsafe = /[<>&\u2028\u2029]/g;

/** JSON as Go's encoder writes it by default: what has a meaning in HTML or JavaScript stands escaped. */
export function goJson(value: unknown): string {
  return htmlSafe(jsonText(value));
}

/** As `goJson` with all keys in order: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return goJson(copySorted(value));
}

/** @param json JSON, whose strings alone can hold what is escaped */
export function htmlSafe(json: string): string {
  return isSafe(json) ? json : json.replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

// Each of these searches is quicker by far than a pattern.
function isSafe(json: string): boolean {
  return !(json.includes('<') || json.includes('>') || json.includes('&') || json.includes('\u2028') || json.includes('\u2029'));
}
