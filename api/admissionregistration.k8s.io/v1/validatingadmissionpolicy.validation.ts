import type { AuditAnnotation, ExpressionWarning, ValidatingAdmissionPolicy, Validation } from '../../../openapi/types.ts';
import { PolicyCompiler } from '../../cel/policy/policy-compiler.ts';
import { internalForm } from '../../core/v1/internal-form.ts';
import { validateConditions } from '../../meta/conditions.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { duplicate, type FieldError, FieldPath, invalid, notSupported, required } from '../../meta/field.ts';
import { jsonPathFault } from '../../meta/json-path-syntax.ts';
import { isQualifiedName } from '../../meta/names.ts';
import { byteLength } from '../../meta/text.ts';
import { expressionErrors } from './match-conditions.validation.ts';
import { specPath, validatePolicy } from './policy.validation.ts';

const statusPath = FieldPath.of('status');
const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const maxAuditAnnotations = 20;
const maxValueExpressionBytes = 5 * 1024;
const oneOfBoth = 'validations or auditAnnotations must contain at least one item';

export function validateSpec({ metadata, spec = {} }: ValidatingAdmissionPolicy, old?: ValidatingAdmissionPolicy): FieldError[] {
  const keepsConditions =
    old !== undefined &&
    semanticEqual(spec.paramKind, old.spec?.paramKind) &&
    semanticEqual(spec.matchConditions, old.spec?.matchConditions);
  const compiler = new PolicyCompiler((spec.variables?.length ?? 0) > 0);
  const params = spec.paramKind !== undefined;
  const errors = validatePolicy(spec, () => [], keepsConditions, compiler);
  const { validations = [], auditAnnotations = [] } = spec;
  if (validations.length === 0 && auditAnnotations.length === 0) {
    return [...errors, required(specPath.child('validations'), oneOfBoth), required(specPath.child('auditAnnotations'), oneOfBoth)];
  }
  errors.push(
    ...validations.flatMap((validation, i) => validateValidation(validation, compiler, params, specPath.child('validations').index(i))),
  );
  return [
    ...errors,
    ...validateAuditAnnotations(auditAnnotations, metadata?.name ?? '', compiler, params, specPath.child('auditAnnotations')),
  ];
}

function validateValidation(validation: Validation, compiler: PolicyCompiler, params: boolean, path: FieldPath): FieldError[] {
  const { expression = '', message = '', messageExpression = '', reason } = validation;
  const errors: FieldError[] = [];
  if (expression.trim() === '') errors.push(required(path.child('expression'), 'expression is not specified'));
  else errors.push(...expressionErrors(compiler.compile(expression, 'condition', { params, authorizer: true }), path.child('expression')));
  const messagePath = path.child('messageExpression');
  if (messageExpression.trim() !== '') {
    errors.push(...expressionErrors(compiler.compile(messageExpression, 'message', { params, authorizer: false }), messagePath));
  } else if (messageExpression !== '') {
    errors.push(invalid(messagePath, messageExpression, 'must be non-empty if specified'));
  }
  if (message !== '' && message.trim() === '') errors.push(invalid(path.child('message'), message, 'must be non-empty if specified'));
  else if (/[\n\r]/.test(message.trim())) errors.push(invalid(path.child('message'), message, 'must not contain line breaks'));
  if (reason !== undefined && !reasons.includes(reason)) errors.push(notSupported(path.child('reason'), reason, reasons));
  return errors;
}

function validateAuditAnnotations(
  annotations: readonly AuditAnnotation[],
  policyName: string,
  compiler: PolicyCompiler,
  params: boolean,
  path: FieldPath,
): FieldError[] {
  const errors: FieldError[] = [];
  if (annotations.length > maxAuditAnnotations) {
    const shown = annotations.map((annotation) => internalForm('AuditAnnotation', annotation));
    errors.push(invalid(path, shown, `must not have more than ${maxAuditAnnotations} auditAnnotations`));
  }
  const keys = new Set<string>();
  annotations.forEach(({ key = '', valueExpression = '' }, i) => {
    const at = path.index(i);
    if (policyName === '') errors.push(invalid(at.child('key'), key, 'requires metadata.name be non-empty'));
    else errors.push(...isQualifiedName(`${policyName}/${key}`).map((m) => invalid(at.child('key'), `${policyName}/${key}`, m)));
    const expression = valueExpression.trim();
    const place = at.child('valueExpression');
    if (expression === '') errors.push(required(place, 'valueExpression is not specified'));
    else if (byteLength(expression) > maxValueExpressionBytes) {
      errors.push(required(place, `must not exceed ${maxValueExpressionBytes} bytes in length`));
    } else {
      const compiled = compiler.compile(expression, 'auditAnnotation', { params, authorizer: true });
      errors.push(...expressionErrors(compiled, place, valueExpression));
    }
    if (keys.has(key)) errors.push(duplicate(at.child('key'), key));
    keys.add(key);
  });
  return errors;
}

export function validateStatus({ status }: ValidatingAdmissionPolicy): FieldError[] {
  const path = statusPath.child('typeChecking', 'expressionWarnings');
  return [
    ...(status?.typeChecking?.expressionWarnings ?? []).flatMap((warning, i) => validateExpressionWarning(warning, path.index(i))),
    ...validateConditions(status?.conditions as Parameters<typeof validateConditions>[0], statusPath.child('conditions')),
  ];
}

function validateExpressionWarning({ fieldRef = '', warning = '' }: ExpressionWarning, path: FieldPath): FieldError[] {
  const errors: FieldError[] = warning === '' ? [required(path.child('warning'))] : [];
  const place = path.child('fieldRef');
  const shown = fieldRef.trim();
  if (shown === '') return [...errors, required(place)];
  const fault = jsonPathFault(`{${shown}}`);
  return fault === undefined ? errors : [...errors, invalid(place, shown, `invalid JSONPath: ${fault}`)];
}
