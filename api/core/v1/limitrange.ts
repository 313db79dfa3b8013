import type { LimitRange, LimitRangeItem } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { duplicate, type FieldError, FieldPath, forbidden, invalid, required } from '../../meta/field.ts';
import { isQualifiedName } from '../../meta/names.ts';
import { parseQuantity, Quantity } from '../../meta/quantity.ts';
import { validateCoreMeta } from './core-meta.validation.ts';
import { defaultResourceList } from './resource-list.ts';
import { isOvercommitAllowed, validateContainerResourceName, validateResourceName } from './resource-names.ts';

const limitsPath = FieldPath.of('spec', 'limits');
const types = new Set(['Pod', 'Container', 'PersistentVolumeClaim']);
const lists = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;
// Above this, thousandths no longer fit into 64 bits.
const maxMilli = 2 ** 63 / 1000;

function validateType(type: string, path: FieldPath): FieldError[] {
  const errors = isQualifiedName(type).map((message) => invalid(path, type, message));
  if (errors.length === 0 && !type.includes('/') && !types.has(type)) {
    errors.push(invalid(path, type, 'must be a standard limit type or fully qualified'));
  }
  return errors;
}

function validateItem(item: LimitRangeItem, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const nameRule = item.type === 'Pod' || item.type === 'Container' ? validateContainerResourceName : validateResourceName;
  const names = new Set<string>();
  for (const list of lists) {
    if (isForbidden(item, list)) {
      if (Object.keys(item[list] ?? {}).length > 0) errors.push(forbidden(path.child(list), "may not be specified when `type` is 'Pod'"));
      continue;
    }
    if (list === 'maxLimitRequestRatio' && item.type === 'PersistentVolumeClaim' && !item.min?.storage && !item.max?.storage) {
      errors.push(required(path.child('limits'), 'either minimum or maximum storage value is required, but neither was provided'));
    }
    for (const name of Object.keys(item[list] ?? {})) {
      errors.push(...nameRule(name, path.child(list).key(name)));
      names.add(name);
    }
  }
  for (const name of names) errors.push(...compareAmounts(item, name, path));
  return errors;
}

function isForbidden(item: LimitRangeItem, list: (typeof lists)[number]): boolean {
  return item.type === 'Pod' && (list === 'default' || list === 'defaultRequest');
}

function compareAmounts(item: LimitRangeItem, name: string, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const of = (list: (typeof lists)[number]): Quantity | undefined =>
    item[list]?.[name] === undefined || isForbidden(item, list) ? undefined : parseQuantity(item[list][name]);
  const [max, min, limit, request, ratio] = lists.map(of);
  const fail = (list: string, value: Quantity | undefined, detail: string): void => {
    errors.push(invalid(path.child(list).key(name), String(value), detail));
  };
  const greater = (a: Quantity | undefined, b: Quantity | undefined): boolean => a !== undefined && b !== undefined && a.compare(b) > 0;
  if (greater(min, max)) fail('min', min, `min value ${min} is greater than max value ${max}`);
  if (greater(min, request)) fail('defaultRequest', request, `min value ${min} is greater than default request value ${request}`);
  if (greater(request, max)) fail('defaultRequest', request, `default request value ${request} is greater than max value ${max}`);
  if (greater(request, limit))
    fail('defaultRequest', request, `default request value ${request} is greater than default limit value ${limit}`);
  if (greater(min, limit)) fail('default', min, `min value ${min} is greater than default value ${limit}`);
  if (greater(limit, max)) fail('default', max, `default value ${limit} is greater than max value ${max}`);
  if (greater(Quantity.of(1), ratio)) fail('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`);
  if (ratio && min && max) {
    const fine = [ratio, min, max].every((value) => value.value() < maxMilli);
    const bound = fine ? max.milliValue() / min.milliValue() : max.value() / min.value();
    if ((fine ? ratio.milliValue() / 1000 : ratio.value()) > bound) {
      fail('maxLimitRequestRatio', ratio, `ratio ${ratio} is greater than max/min = ${bound.toFixed(6)}`);
    }
  }
  if (!isOvercommitAllowed(name) && limit && request && limit.compare(request) !== 0) {
    fail('defaultRequest', request, `default value ${limit} must equal to defaultRequest value ${request} in ${name}`);
  }
  return errors;
}

function validate(object: LimitRange): FieldError[] {
  const errors = validateCoreMeta(object.metadata, { namespaced: true });
  const seen = new Set<string>();
  (object.spec?.limits ?? []).forEach((item, i) => {
    const at = limitsPath.index(i);
    errors.push(...validateType(item.type ?? '', at.child('type')));
    if (seen.has(item.type)) errors.push(duplicate(at.child('type'), item.type));
    seen.add(item.type);
    errors.push(...validateItem(item, at));
  });
  return errors;
}

/** LimitRanges. Compared with v1.36.3: defaults from maximum and minimum, consistency of the amounts, table. */
export const limitRange = defineResource<LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.core.v1.LimitRange',
  allowCreateOnUpdate: true,
  namedByUid: true,
  defaults(object) {
    for (const item of object.spec?.limits ?? []) {
      for (const list of lists) defaultResourceList(item[list]);
      if (item.type !== 'Container') continue;
      const limits = { ...item.max, ...item.default };
      const requests = { ...item.min, ...limits, ...item.defaultRequest };
      if (item.default || Object.keys(limits).length > 0) item.default = limits;
      if (item.defaultRequest || Object.keys(requests).length > 0) item.defaultRequest = requests;
    }
  },
  validate,
  validateUpdate: validate,
});
