import type { APIService, APIServiceSpec } from '../../../openapi/types.ts';
import { type FieldError, FieldPath, invalid, notSupported, required } from '../../meta/field.ts';
import { goQuote } from '../../meta/go-quote.ts';
import { isDns1035Label, isDns1123Subdomain, isPortNumber, nameIsPathSegment } from '../../meta/names.ts';
import { validateObjectMeta } from '../../meta/validation.ts';

const path = FieldPath.of('spec');
const conditionsPath = FieldPath.of('status', 'conditions');
const conditionStatuses = ['True', 'False', 'Unknown'];
const maxGroupPriority = 20000;
const maxVersionPriority = 1000;

export function validateService({ metadata, spec = {} as APIServiceSpec }: APIService): FieldError[] {
  const { group = '', version = '', groupPriorityMinimum: groupPriority = 0, versionPriority = 0 } = spec;
  const wanted = `${version}.${group}`;
  const nameFn = (name: string, prefix: boolean): string[] => {
    const messages = nameIsPathSegment(name, prefix);
    if (messages.length > 0 || name === wanted) return messages;
    return [`must be \`spec.version+"."+spec.group\`: ${goQuote(wanted)}`];
  };
  const errors = validateObjectMeta(metadata ?? {}, { namespaced: false, nameFn });
  if (group !== '') errors.push(...isDns1123Subdomain(group).map((message) => invalid(path.child('group'), group, message)));
  else if (version !== 'v1') errors.push(required(path.child('group'), 'only v1 may have an empty group and it better be legacy kube'));
  errors.push(...isDns1035Label(version).map((message) => invalid(path.child('version'), version, message)));
  if (groupPriority <= 0 || groupPriority > maxGroupPriority) {
    errors.push(invalid(path.child('groupPriorityMinimum'), groupPriority, 'must be positive and less than 20000'));
  }
  if (versionPriority <= 0 || versionPriority > maxVersionPriority) {
    errors.push(invalid(path.child('versionPriority'), versionPriority, 'must be positive and less than 1000'));
  }
  return [...errors, ...validateBackend(spec)];
}

function validateBackend({ service, caBundle = '', insecureSkipTLSVerify: insecure = false }: APIServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const insecurePath = path.child('insecureSkipTLSVerify');
  if (!service) {
    const bytes = Buffer.from(caBundle ?? '', 'base64').length;
    if (bytes > 0) errors.push(invalid(path.child('caBundle'), `${bytes} bytes`, 'local APIServices may not have a caBundle'));
    if (insecure) errors.push(invalid(insecurePath, insecure, 'local APIServices may not have insecureSkipTLSVerify'));
    return errors;
  }
  const at = path.child('service');
  if (!service.namespace) errors.push(required(at.child('namespace')));
  if (!service.name) errors.push(required(at.child('name')));
  const port = service.port ?? 0;
  const messages = isPortNumber(port);
  if (messages.length > 0) errors.push(invalid(at.child('port'), port, `port is not valid: ${messages.join(', ')}`));
  if (insecure && caBundle) errors.push(invalid(insecurePath, insecure, 'may not be true if caBundle is present'));
  return errors;
}

export function validateStatus({ status }: APIService): FieldError[] {
  return (status?.conditions ?? []).flatMap((condition, i) =>
    conditionStatuses.includes(condition.status)
      ? []
      : [notSupported(conditionsPath.index(i).child('status'), condition.status, conditionStatuses)],
  );
}
