/**
 * Empty lists, maps and bytes that a client sent. Go tells them from absent ones until an object is stored: messages print `[]` and `{}` instead of `null`, and
 * exact comparisons see a change. Objects hold neither, so that rules need not ask twice; a note of them stays under a symbol, which spreading
 * copies and JSON does not see.
 */
const note = Symbol('sent empty');

type Holder = Readonly<Record<string, unknown>> & { [note]?: Readonly<Record<string, unknown>> };

/** Notes that a field was sent as an empty list, map or run of bytes. */
export function noteSentEmpty(holder: object, field: string, value: readonly unknown[] | object | ''): void {
  const object = holder as Holder;
  object[note] = { ...object[note], [field]: value };
}

/** What was noted of an object holds for a copy of it as well. */
export function keepSentEmpty(from: object, to: object): void {
  const noted = (from as Holder)[note];
  if (noted !== undefined) (to as Holder)[note] = noted;
}

/** What was noted of some fields of an object, which must be a copy of its own, no longer holds. */
export function forgetSentEmpty<T extends object>(holder: T, fields: readonly (keyof T & string)[]): void {
  const object = holder as Holder;
  if (object[note] === undefined) return;
  const kept = Object.entries(object[note]).filter(([field]) => !(fields as readonly string[]).includes(field));
  object[note] = Object.fromEntries(kept);
}

/** What was noted anywhere in an object no longer holds, as it is stored now. Field sets of managers hold no notes and are left out. */
export function forgetAllSentEmpty(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) forgetAllSentEmpty(item);
    return;
  }
  const object = value as Holder;
  if (object[note] !== undefined) object[note] = undefined;
  for (const key in object) if (key !== 'managedFields') forgetAllSentEmpty(object[key]);
}

/** A field's value, or the empty list or map that was sent for it. */
export function asSent<T extends object, K extends keyof T & string>(holder: T | null | undefined, field: K): T[K] | undefined {
  const value = holder?.[field];
  return value ?? ((holder as Holder | null | undefined)?.[note]?.[field] as T[K] | undefined);
}

/** Whether empty lists or maps were sent anywhere in a value. */
export function hasSentEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const noted = (value as Holder)[note];
  // A default may have come in its place.
  if (noted !== undefined && Object.keys(noted).some((field) => (value as Holder)[field] === undefined)) return true;
  return Object.values(value).some(hasSentEmpty);
}
