import { isLabelValue, isQualifiedName, nameIsDns1035Label, nameIsDnsLabel, nameIsDnsSubdomain } from '../../meta/names.ts';
import { declareFunction, type FunctionDeclaration } from '../check/declarations.ts';
import { structType } from '../check/types.ts';
import { parseTimestamp } from '../runtime/time.ts';
import { ArrayList, OpaqueValue, Optional, type Value } from '../runtime/values.ts';
import { parseRequestURL } from './go-url.ts';

export const formatType = structType('kubernetes.NamedFormat');

class Format extends OpaqueValue {
  readonly type = formatType;
  readonly name: string;
  /** What is wrong with a text. */
  readonly check: (text: string) => readonly string[];
  /** For the cost of checking. */
  readonly maxRegexSize: number;

  constructor(name: string, check: (text: string) => readonly string[], maxRegexSize: number) {
    super();
    this.name = name;
    this.check = check;
    this.maxRegexSize = maxRegexSize;
  }

  equals(other: Value): boolean {
    return other instanceof Format && this.name === other.name;
  }
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const none: readonly string[] = [];
const unless = (holds: boolean, message: string) => (holds ? none : [message]);

const formats: Readonly<Record<string, Format>> = {
  dns1123Label: new Format('DNS1123Label', (text) => nameIsDnsLabel(text, false), 30),
  dns1123Subdomain: new Format('DNS1123Subdomain', (text) => nameIsDnsSubdomain(text, false), 60),
  dns1035Label: new Format('DNS1035Label', (text) => nameIsDns1035Label(text, false), 30),
  qualifiedName: new Format('QualifiedName', isQualifiedName, 60),
  dns1123LabelPrefix: new Format('DNS1123LabelPrefix', (text) => nameIsDnsLabel(text, true), 30),
  dns1123SubdomainPrefix: new Format('DNS1123SubdomainPrefix', (text) => nameIsDnsSubdomain(text, true), 60),
  dns1035LabelPrefix: new Format('DNS1035LabelPrefix', (text) => nameIsDns1035Label(text, true), 30),
  labelValue: new Format('LabelValue', isLabelValue, 40),
  uri: new Format('URI', (text) => refusal(parseRequestURL(text)), 1103),
  uuid: new Format('uuid', (text) => unless(uuid.test(text), 'does not match the UUID format'), 70),
  byte: new Format('byte', (text) => unless(text.length > 0 && base64.test(text), 'invalid base64'), 84),
  date: new Format('date', (text) => unless(isDate(text), 'invalid date'), 71),
  datetime: new Format('datetime', (text) => unless(isDateTime(text), 'invalid datetime'), 71),
};

const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseTimestamp(`${text}T00:00:00Z`) !== undefined;

const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:.\d+)?(?:z|[+-]\d\d:\d\d)$/i;

// As go-openapi/strfmt has it: any character begins the fraction, and offsets have no bounds.
function isDateTime(text: string): boolean {
  const at = text.search(/t/i);
  return at >= 0 && isDate(text.slice(0, at)) && timeOfDay.test(text.slice(at + 1));
}

function refusal(parsed: object | string): readonly string[] {
  return typeof parsed === 'string' ? [parsed] : none;
}

/** format.named('dns1123Label').validate('x') and the formats as functions, format.dns1123Label(). */
export function formatLibrary(): FunctionDeclaration[] {
  const options = { names: { format: formatType } };
  return [
    declareFunction(
      'validate',
      {
        'format-validate': [
          'format.(string): optional(list(string))',
          (format: Format, text: string) => {
            const wrong = format.check(text);
            return wrong.length === 0 ? Optional.none : new Optional(new ArrayList(wrong));
          },
        ],
      },
      options,
    ),
    declareFunction(
      'format.named',
      {
        'format-named': [
          '(string): optional(format)',
          (name: string) => (Object.hasOwn(formats, name) ? new Optional(formats[name]!) : Optional.none),
        ],
      },
      options,
    ),
    ...Object.entries(formats).map(([name, format]) =>
      declareFunction(`format.${name}`, { [`format.${name}`]: ['(): format', () => format] }, options),
    ),
  ];
}
