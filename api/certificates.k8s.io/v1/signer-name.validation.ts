import { type FieldError, type FieldPath, invalid, required, tooLong } from '../../meta/field.ts';
import { goQuote } from '../../meta/go-quote.ts';
import { isDns1123Label, isDns1123Subdomain } from '../../meta/names.ts';
import { byteLength } from '../../meta/text.ts';

const maxDomainBytes = 253;
const maxPathBytes = 253 + 63 + 1;
const maxBytes = maxDomainBytes + maxPathBytes + 1;

// Only the first part that is wrong is named.
function validateParts(text: string, check: (part: string) => string[], path: FieldPath): FieldError[] {
  const bad = text.split('.').find((part) => check(part).length > 0);
  if (bad === undefined) return [];
  return check(bad).map((message) => invalid(path, text, `validating label ${goQuote(bad)}: ${message}`));
}

/** `domain/path` names of certificate signers. */
export function validateSignerName(name: string, path: FieldPath): FieldError[] {
  if (name === '') return [required(path)];
  const [domain, signer, ...rest] = name.split('/') as [string, ...string[]];
  if (signer === undefined || rest.length > 0) {
    return [invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")];
  }
  const errors: FieldError[] = byteLength(domain) > maxDomainBytes ? [tooLong(path, maxDomainBytes)] : [];
  errors.push(...validateParts(domain, isDns1123Label, path));
  if (!domain.includes('.')) errors.push(invalid(path, domain, 'should be a domain with at least two segments separated by dots'));
  errors.push(...validateParts(signer, isDns1123Subdomain, path));
  if (byteLength(name) > maxBytes) errors.push(tooLong(path, maxBytes));
  return errors;
}
