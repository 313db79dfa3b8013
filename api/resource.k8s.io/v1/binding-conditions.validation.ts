import { duplicate, type FieldError, type FieldPath, invalid } from '../../meta/field.ts';
import { isQualifiedName } from '../../meta/names.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { validateList } from './names.validation.ts';

const most = 4;

interface BindingConditions {
  readonly bindingConditions?: readonly string[];
  readonly bindingFailureConditions?: readonly string[];
}

/** Conditions that a device sets before a pod may be bound: those of success and of failure come together, and are others. */
export function validateBindingConditions(object: BindingConditions, path: FieldPath): FieldError[] {
  const { bindingConditions: good = [], bindingFailureConditions: bad = [] } = object;
  const [goodPath, badPath] = [path.child('bindingConditions'), path.child('bindingFailureConditions')];
  const check = (name: string, at: FieldPath) => isQualifiedName(name).map((message) => invalid(at, name, message));
  const errors = [...validateList(good, most, check, goodPath), ...validateList(bad, most, check, badPath)];
  good.forEach((name, i) => {
    if (good.indexOf(name) < i) errors.push(duplicate(goodPath.index(i), name));
  });
  bad.forEach((name, i) => {
    if (bad.indexOf(name) < i) errors.push(duplicate(badPath.index(i), name));
    if (good.includes(name))
      errors.push(invalid(badPath.index(i), name, 'bindingFailureConditions must not overlap with bindingConditions'));
  });
  if (good.length === 0 && bad.length > 0) {
    errors.push(invalid(goodPath, asSent(object, 'bindingConditions'), 'bindingConditions are required to use bindingFailureConditions'));
  }
  if (bad.length === 0 && good.length > 0) {
    errors.push(
      invalid(badPath, asSent(object, 'bindingFailureConditions'), 'bindingFailureConditions are required to use bindingConditions'),
    );
  }
  return errors;
}
