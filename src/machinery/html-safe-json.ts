/** JSON as Go's encoder writes it by default: what has a meaning in HTML stands escaped. */
export function htmlSafeJson(value: unknown): string {
  return htmlSafe(JSON.stringify(value));
}

/** @param json JSON, whose strings alone can hold what is escaped */
export function htmlSafe(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
