/** Names and lists that claims, classes and slices have in common. */
import { duplicate, type FieldError, type FieldPath, invalid, required, tooLong, tooMany } from '../../meta/field.ts';
import { isDns1123Label, isDns1123Subdomain, isIdentifier } from '../../meta/names.ts';
import { byteLength } from '../../meta/text.ts';

const maxDriverBytes = 63;
const maxIdentifierBytes = 32;
const maxPoolBytes = 253;

const invalids = (path: FieldPath, value: string, messages: readonly string[]): FieldError[] =>
  messages.map((message) => invalid(path, value, message));

export function validateLabelText(name: string | undefined, path: FieldPath): FieldError[] {
  return invalids(path, name ?? '', isDns1123Label(name ?? ''));
}

export function validateDriver(name: string | undefined, path: FieldPath): FieldError[] {
  if (!name) return [required(path)];
  const errors: FieldError[] = byteLength(name) > maxDriverBytes ? [tooLong(path, maxDriverBytes)] : [];
  return [...errors, ...invalids(path, name, isDns1123Subdomain(name.toLowerCase()))];
}

/** Names of pools: one or more subdomains with slashes between. */
export function validatePoolName(name: string | undefined, path: FieldPath): FieldError[] {
  if (!name) return [required(path)];
  const errors: FieldError[] = byteLength(name) > maxPoolBytes ? [tooLong(path, maxPoolBytes)] : [];
  return [...errors, ...name.split('/').flatMap((part) => invalids(path, part, isDns1123Subdomain(part)))];
}

/** Names of attributes and capacities: an identifier, perhaps with a domain before it. More than one slash goes unnoticed, as in v1.36.3. */
export function validateAttributeName(name: string, path: FieldPath): FieldError[] {
  const parts = name.split('/');
  if (parts.length === 1) return validateIdentifier(name, path);
  if (parts.length > 2) return [];
  const [domain, id] = parts as [string, string];
  return [
    ...(domain === '' ? [invalid(path, '', 'the domain must not be empty')] : validateDriver(domain, path)),
    ...(id === '' ? [invalid(path, '', 'the name must not be empty')] : validateIdentifier(id, path)),
  ];
}

export function validateFullAttributeName(name: string, path: FieldPath): FieldError[] {
  const errors = validateAttributeName(name, path);
  if (!name.includes('/')) errors.push(invalid(path, name, 'a fully qualified name must be a domain and a name separated by a slash'));
  return errors;
}

function validateIdentifier(id: string, path: FieldPath): FieldError[] {
  const errors: FieldError[] = byteLength(id) > maxIdentifierBytes ? [tooLong(path, maxIdentifierBytes)] : [];
  return [...errors, ...invalids(path, id, isIdentifier(id))];
}

const uidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function validateShareID(uid: string | undefined, path: FieldPath): FieldError[] {
  if (uid === undefined || uidForm.test(uid)) return [];
  const readable = /^(\{[0-9a-f-]{36}\}|urn:uuid:[0-9a-f-]{36}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})$/i.test(uid);
  if (readable) {
    const detail = 'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters';
    return [invalid(path, uid, detail)];
  }
  const good = [32, 36, 38, 45].includes(byteLength(uid));
  return [invalid(path, uid, `error validating uid: ${good ? 'invalid UUID format' : `invalid UUID length: ${byteLength(uid)}`}`)];
}

/**
 * A list of limited length with no two entries of the same key.
 * @param most undefined: as many as there are
 * @param key undefined: entries may repeat
 * @param shown what messages print of an entry that repeats; default: its key
 */
export function validateList<T>(
  list: readonly T[] | undefined,
  most: number | undefined,
  check: (item: T, path: FieldPath) => FieldError[],
  path: FieldPath,
  key?: (item: T) => string,
  shown: (item: T) => unknown = (item) => key?.(item),
): FieldError[] {
  const items = list ?? [];
  if (most !== undefined && items.length > most) return [tooMany(path, items.length, most)];
  const errors = items.flatMap((item, i) => check(item, path.index(i)));
  if (!key) return errors;
  const seen = new Set<string>();
  items.forEach((item, i) => {
    const name = key(item);
    if (seen.has(name)) errors.push(duplicate(path.index(i), shown(item)));
    seen.add(name);
  });
  return errors;
}
