import type { FlowSchema, FlowSchemaSpec, PolicyRulesWithSubjects } from '../../../openapi/types.ts';
import { validateCoreMeta } from '../../core/v1/core-meta.validation.ts';
import { internalForm } from '../../core/v1/internal-form.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import { nameIsDnsLabel, nameIsDnsSubdomain } from '../../meta/names.ts';
import { mandatorySchemas } from './mandatory.ts';
import { validateConditionTypes } from './status.validation.ts';

const path = FieldPath.of('spec');
const maxPrecedence = 10000;
const distinguishers = ['ByNamespace', 'ByUser'];
const subjectFields = { Group: 'group', ServiceAccount: 'serviceAccount', User: 'user' } as const;
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];

type Subject = NonNullable<PolicyRulesWithSubjects['subjects']>[number];
type ResourceRule = NonNullable<PolicyRulesWithSubjects['resourceRules']>[number];
type NonResourceRule = NonNullable<PolicyRulesWithSubjects['nonResourceRules']>[number];

export function validateFlowSchema({ metadata, spec, status }: FlowSchema): FieldError[] {
  const name = metadata?.name ?? '';
  const errors = [...validateCoreMeta(metadata, { namespaced: false }), ...validateSpec(name, spec ?? ({} as FlowSchemaSpec))];
  const fixed = mandatorySchemas[name];
  if (fixed && !semanticEqual(spec, fixed)) {
    errors.push(invalid(path, internalForm('FlowSchemaSpec', spec), `spec of '${name}' must equal the fixed value`));
  }
  return [...errors, ...validateConditionTypes(status)];
}

function validateSpec(name: string, spec: FlowSchemaSpec): FieldError[] {
  const { matchingPrecedence: precedence = 0, distinguisherMethod, priorityLevelConfiguration: level, rules = [] } = spec;
  const errors: FieldError[] = [];
  const at = path.child('matchingPrecedence');
  if (precedence <= 0) errors.push(invalid(at, precedence, 'must be a positive value'));
  if (precedence > maxPrecedence) errors.push(invalid(at, precedence, `must not be greater than ${maxPrecedence}`));
  if (precedence === 1 && name !== 'exempt') {
    errors.push(invalid(at, precedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
  }
  if (distinguisherMethod && !distinguishers.includes(distinguisherMethod.type)) {
    const shown = internalForm('FlowDistinguisherMethod', distinguisherMethod);
    errors.push(notSupported(path.child('distinguisherMethod', 'type'), shown, distinguishers));
  }
  const place = path.child('priorityLevelConfiguration', 'name');
  if (!level?.name) errors.push(required(place, 'must reference a priority level'));
  else errors.push(...nameIsDnsSubdomain(level.name, false).map((message) => invalid(place, level.name, message)));
  return [...errors, ...rules.flatMap((rule, i) => validateRule(rule, path.child('rules').index(i)))];
}

function validateRule({ subjects, resourceRules = [], nonResourceRules = [] }: PolicyRulesWithSubjects, at: FieldPath): FieldError[] {
  const errors = (subjects ?? []).flatMap((subject, i) => validateSubject(subject, at.child('subjects').index(i)));
  if (!subjects?.length) errors.push(required(at.child('subjects'), 'subjects must contain at least one value'));
  if (resourceRules.length === 0 && nonResourceRules.length === 0) {
    errors.push(required(at, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  }
  errors.push(...resourceRules.flatMap((rule, i) => validateResourceRule(rule, at.child('resourceRules').index(i))));
  return [...errors, ...nonResourceRules.flatMap((rule, i) => validateNonResourceRule(rule, at.child('nonResourceRules').index(i)))];
}

function validateSubject(subject: Subject, at: FieldPath): FieldError[] {
  const kinds = Object.keys(subjectFields) as (keyof typeof subjectFields)[];
  const kind = kinds.find((one) => one === subject.kind);
  if (!kind) return [notSupported(at.child('kind'), subject.kind, kinds)];
  const field = subjectFields[kind];
  const errors = validateSubjectName(subject, kind, at.child(field));
  for (const other of ['ServiceAccount', 'User', 'Group'] as const) {
    const name = subjectFields[other];
    if (other !== kind && subject[name]) {
      errors.push(forbidden(at.child(name), `${name} is forbidden when subject kind is not '${other}'`));
    }
  }
  return errors;
}

function validateSubjectName(subject: Subject, kind: keyof typeof subjectFields, at: FieldPath): FieldError[] {
  const field = subjectFields[kind];
  const named = subject[field];
  if (!named) return [required(at, `${field} is required when subject kind is '${kind}'`)];
  const errors: FieldError[] = named.name ? [] : [required(at.child('name'))];
  if (kind !== 'ServiceAccount') return errors;
  const { name, namespace = '' } = subject.serviceAccount!;
  if (name && name !== '*') errors.push(...nameIsDnsSubdomain(name, false).map((message) => invalid(at.child('name'), name, message)));
  if (namespace === '') return [...errors, required(at.child('namespace'), 'must specify namespace for service account')];
  return [...errors, ...nameIsDnsLabel(namespace, false).map((message) => invalid(at.child('namespace'), namespace, message))];
}

/** A list that holds something, and nothing beside `*`. */
function validateList(list: readonly string[] | undefined, at: FieldPath, whenEmpty: string, what: string): FieldError[] {
  if (!list?.length) return [required(at, whenEmpty)];
  const crowded = list.length > 1 && list.includes('*');
  return crowded ? [invalid(at, list, `if '*' is present, must not specify other ${what}`)] : [];
}

function validateVerbs(list: readonly string[] | undefined, at: FieldPath): FieldError[] {
  const errors = validateList(list, at, 'verbs must contain at least one value', 'verbs');
  if (!list?.length || list.includes('*') || list.every((verb) => verbs.includes(verb))) return errors;
  return [...errors, notSupported(at, list, verbs)];
}

function validateResourceRule(rule: ResourceRule, at: FieldPath): FieldError[] {
  const { clusterScope = false } = rule;
  const namespaces = rule.namespaces ?? [];
  const place = at.child('namespaces');
  const errors = [
    ...validateVerbs(rule.verbs, at.child('verbs')),
    ...validateList(rule.apiGroups, at.child('apiGroups'), 'resource rules must supply at least one api group', 'api groups'),
    ...validateList(rule.resources, at.child('resources'), 'resource rules must supply at least one resource', 'resources'),
  ];
  if (namespaces.length === 0) {
    const detail = 'resource rules that are not cluster scoped must supply at least one namespace';
    return clusterScope ? errors : [...errors, required(place, detail)];
  }
  errors.push(...validateList(namespaces, place, '', 'namespaces'));
  if (namespaces.includes('*')) return errors;
  const intro = "each member of this list must be '*' or a DNS-1123 label; ";
  return [...errors, ...namespaces.flatMap((name, i) => nameIsDnsLabel(name, false).map((m) => invalid(place.index(i), name, intro + m)))];
}

function validateNonResourceRule({ verbs: chosen, nonResourceURLs: urls }: NonResourceRule, at: FieldPath): FieldError[] {
  const place = at.child('nonResourceURLs');
  const errors = [
    ...validateVerbs(chosen, at.child('verbs')),
    ...validateList(urls, place, 'nonResourceURLs must contain at least one value', 'non-resource URLs'),
  ];
  if (!urls?.length || urls.includes('*')) return errors;
  return [...errors, ...urls.flatMap((url, i) => validateURLPath(url, place.index(i)))];
}

function validateURLPath(url: string, at: FieldPath): FieldError[] {
  if (url === '') return [invalid(at, url, 'must not be empty')];
  if (url === '/') return [];
  if (!url.startsWith('/')) return [invalid(at, url, 'must start with slash')];
  if (url.includes(' ')) return [invalid(at, url, 'must not contain white-space')];
  if (url.includes('//')) return [invalid(at, url, 'must not contain double slash')];
  const wildcards = url.split('*').length - 1;
  const atEnd = wildcards === 1 && url.endsWith('/*');
  return wildcards === 0 || atEnd ? [] : [invalid(at, url, 'wildcard can only do suffix matching')];
}
