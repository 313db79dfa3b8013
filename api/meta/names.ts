/**
 * The forms of names, labels, ports and other short texts. Each function returns the messages of what is wrong, in the API's words;
 * none for a good value.
 */
import { byteLength } from './text.ts';

const dns1123LabelForm = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dns1123SubdomainForm = `${dns1123LabelForm}(\\.${dns1123LabelForm})*`;
const dns1035LabelForm = '[a-z]([-a-z0-9]*[a-z0-9])?';
const wildcardSubdomainForm = `\\*\\.${dns1123SubdomainForm}`;
const underscoreLabelForm = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const underscoreSubdomainForm = `${underscoreLabelForm}(\\.${underscoreLabelForm})*`;
const labelKeyForm = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValueForm = `(${labelKeyForm})?`;
const identifierForm = '[A-Za-z_][A-Za-z0-9_]*';
const percentForm = '[0-9]+%';
const headerNameForm = '[-A-Za-z0-9]+';
const environmentNameForm = '[-._a-zA-Z][-._a-zA-Z0-9]*';
const configKeyForm = '[-._a-zA-Z0-9]+';

const whole = (form: string): RegExp => new RegExp(`^(?:${form})$`);
const dns1123Label = whole(dns1123LabelForm);
const dns1123Subdomain = whole(dns1123SubdomainForm);
const dns1035Label = whole(dns1035LabelForm);
const wildcardSubdomain = whole(wildcardSubdomainForm);
const underscoreSubdomain = whole(underscoreSubdomainForm);
const labelKey = whole(labelKeyForm);
const identifier = whole(identifierForm);
const percent = whole(percentForm);
const headerName = whole(headerNameForm);
const environmentName = whole(environmentNameForm);
const configKey = whole(configKeyForm);

const subdomainWords =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const labelKeyWords = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/** `words (e.g. 'a',  or 'b', regex used for validation is 'form')` */
export function formMessage(words: string, form: string, ...examples: string[]): string {
  if (examples.length === 0) return `${words} (regex used for validation is '${form}')`;
  return `${words} (e.g. ${examples.map((e) => `'${e}', `).join(' or ')}regex used for validation is '${form}')`;
}

export function maxLengthMessage(length: number, unit: 'characters' | 'bytes' = 'characters'): string {
  return `must be no more than ${length} ${unit}`;
}

export function rangeMessage(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`;
}

export const emptyMessage = 'must be non-empty';
export const negativeMessage = 'must be greater than or equal to 0';

type Check = (value: string) => string[];

export const isDns1123Label: Check = (value) => {
  const messages = byteLength(value) > 63 ? [maxLengthMessage(63)] : [];
  if (dns1123Label.test(value)) return messages;
  if (dns1123Subdomain.test(value)) return [...messages, 'must not contain dots'];
  const words =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...messages, formMessage(words, dns1123LabelForm, 'my-name', '123-abc')];
};

export const isDns1123Subdomain: Check = (value) => {
  const messages = byteLength(value) > 253 ? [maxLengthMessage(253)] : [];
  if (!dns1123Subdomain.test(value)) messages.push(formMessage(subdomainWords, dns1123SubdomainForm, 'example.com'));
  return messages;
};

export const isDns1123SubdomainWithUnderscore: Check = (value) => {
  const messages = byteLength(value) > 253 ? [maxLengthMessage(253)] : [];
  const words =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character";
  if (!underscoreSubdomain.test(value)) messages.push(formMessage(words, underscoreSubdomainForm, 'example.com'));
  return messages;
};

export const isDns1035Label: Check = (value) => {
  const messages = byteLength(value) > 63 ? [maxLengthMessage(63)] : [];
  const words =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  if (!dns1035Label.test(value)) messages.push(formMessage(words, dns1035LabelForm, 'my-name', 'abc-123'));
  return messages;
};

export const isWildcardDns1123Subdomain: Check = (value) => {
  const messages = byteLength(value) > 253 ? [maxLengthMessage(253)] : [];
  const words =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
  if (!wildcardSubdomain.test(value)) messages.push(formMessage(words, wildcardSubdomainForm, '*.example.com'));
  return messages;
};

/** Label keys, annotation keys, finalizers and resource names: an optional subdomain, a slash, a name. */
export const isQualifiedName: Check = (value) => {
  if (value.length <= 63 && labelKey.test(value)) return [];
  const parts = value.split('/');
  const form = (words: string) => formMessage(words, labelKeyForm, 'MyName', 'my.name', '123-abc');
  if (parts.length > 2) {
    return [`${form(`a valid label key ${labelKeyWords}`)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const messages: string[] = [];
  if (parts.length === 2) {
    const prefix = parts[0]!;
    if (prefix === '') messages.push(`prefix part ${emptyMessage}`);
    else {
      if (byteLength(prefix) > 253) messages.push(`prefix part ${maxLengthMessage(253, 'bytes')}`);
      if (!dns1123Subdomain.test(prefix)) messages.push(`prefix part ${formMessage(subdomainWords, dns1123SubdomainForm, 'example.com')}`);
    }
  }
  const name = parts.at(-1)!;
  if (name === '') messages.push(`name part ${emptyMessage}`);
  else if (byteLength(name) > 63) messages.push(`name part ${maxLengthMessage(63, 'bytes')}`);
  if (!labelKey.test(name)) messages.push(form(`name part ${labelKeyWords}`));
  return messages;
};

export const isLabelValue: Check = (value) => {
  const messages = byteLength(value) > 63 ? [maxLengthMessage(63, 'bytes')] : [];
  const words =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  if (value !== '' && !labelKey.test(value)) messages.push(formMessage(words, labelValueForm, 'MyValue', 'my_value', '12345'));
  return messages;
};

export const isIdentifier: Check = (value) => {
  const words = "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'";
  return identifier.test(value) ? [] : [formMessage(words, identifierForm, 'my_name', 'MY_NAME', 'MyName')];
};

export const isPortName: Check = (value) => {
  const messages = byteLength(value) > 15 ? [maxLengthMessage(15)] : [];
  if (!/^[-a-z0-9]+$/.test(value)) messages.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) messages.push('must contain at least one letter (a-z)');
  if (value.includes('--')) messages.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) messages.push('must not begin or end with a hyphen');
  return messages;
};

export function isPortNumber(port: number): string[] {
  return port >= 1 && port <= 65535 ? [] : [rangeMessage(1, 65535)];
}

export function isUserID(id: number): string[] {
  return id >= 0 && id <= 2147483647 ? [] : [rangeMessage(0, 2147483647)];
}

export const isPercent: Check = (value) =>
  percent.test(value)
    ? []
    : [formMessage("a valid percent string must be a numeric string followed by an ending '%'", percentForm, '1%', '93%')];

export const isHttpHeaderName: Check = (value) =>
  headerName.test(value)
    ? []
    : [formMessage("a valid HTTP header must consist of alphanumeric characters or '-'", headerNameForm, 'X-Header-Name')];

function parentDirectory(value: string): string[] {
  if (value === '.' || value === '..') return [`must not be '${value}'`];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

/** Names of environment variables as the API takes them today: any printable ASCII but `=`. */
export const isEnvironmentName: Check = (value) => {
  const messages = value === '' ? [`environment variable name ${emptyMessage}`] : [];
  if (!/^[ -<>-~]*$/.test(value))
    messages.push("a valid environment variable name must consist only of printable ASCII characters other than '='");
  return messages;
};

/** The older, narrower rule for names of environment variables. */
export const isStrictEnvironmentName: Check = (value) => {
  const words =
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit";
  const messages = environmentName.test(value) ? [] : [formMessage(words, environmentNameForm, 'my.env-name', 'MY_ENV.NAME', 'MyEnvName1')];
  return [...messages, ...parentDirectory(value)];
};

/** Keys of ConfigMaps and Secrets. */
export const isConfigMapKey: Check = (value) => {
  const messages = byteLength(value) > 253 ? [maxLengthMessage(253)] : [];
  const words = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
  if (!configKey.test(value)) messages.push(formMessage(words, configKeyForm, 'key.name', 'KEY_NAME', 'key-name'));
  return [...messages, ...parentDirectory(value)];
};

/** What a name (or, with `prefix`, a generateName) may be. */
export type NameCheck = (name: string, prefix: boolean) => string[];

// A generateName may end in a dash: what follows it makes the name good.
const maskTrailingDash = (name: string): string => (name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);
const asName =
  (check: Check): NameCheck =>
  (name, prefix) =>
    check(prefix ? maskTrailingDash(name) : name);

export const nameIsDnsSubdomain: NameCheck = asName(isDns1123Subdomain);
export const nameIsDnsLabel: NameCheck = asName(isDns1123Label);
export const nameIsDns1035Label: NameCheck = asName(isDns1035Label);

/** Names that only have to fit into a URL: RBAC objects. */
export const nameIsPathSegment: NameCheck = (name, prefix) => {
  if (!prefix && (name === '.' || name === '..')) return [`may not be '${name}'`];
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
};
