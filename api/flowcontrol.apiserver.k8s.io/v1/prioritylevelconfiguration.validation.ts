import type {
  ExemptPriorityLevelConfiguration,
  LimitedPriorityLevelConfiguration,
  LimitResponse,
  PriorityLevelConfiguration,
  PriorityLevelConfigurationSpec,
  QueuingConfiguration,
} from '../../../openapi/types.ts';
import { validateCoreMeta } from '../../core/v1/core-meta.validation.ts';
import { internalForm } from '../../core/v1/internal-form.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import { mandatoryLevels } from './mandatory.ts';
import { validateConditionTypes } from './status.validation.ts';

const path = FieldPath.of('spec');
const types = ['Exempt', 'Limited'];
const responses = ['Queue', 'Reject'];
const maxQueues = 10_000_000;
const maxEntropyBits = 60;
const zeroSharesAnnotation = 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares';

export function validatePriorityLevel({ metadata, spec, status }: PriorityLevelConfiguration): FieldError[] {
  const name = metadata?.name ?? '';
  const errors = validateCoreMeta(metadata, { namespaced: false });
  if (metadata?.annotations?.[zeroSharesAnnotation] !== undefined) {
    errors.push(forbidden(FieldPath.of('metadata', 'annotations'), `annotation '${zeroSharesAnnotation}' is forbidden`));
  }
  errors.push(...validateSpec(name, spec ?? ({} as PriorityLevelConfigurationSpec)));
  return [...errors, ...validateMandatory(name, spec), ...validateConditionTypes(status)];
}

function validateMandatory(name: string, spec: PriorityLevelConfigurationSpec | undefined): FieldError[] {
  const fixed = mandatoryLevels[name];
  if (!fixed) return [];
  // How much is exempt may be changed.
  const own = name === 'exempt' ? { ...spec, exempt: fixed.exempt } : spec;
  if (semanticEqual(own, fixed)) return [];
  const but = name === 'exempt' ? " except the 'spec.exempt' field" : '';
  return [invalid(path, internalForm('PriorityLevelConfigurationSpec', spec), `spec of '${name}'${but} must equal the fixed value`)];
}

function validateSpec(name: string, { type = '', limited, exempt }: PriorityLevelConfigurationSpec): FieldError[] {
  const errors: FieldError[] = [];
  if ((name === 'exempt') !== (type === 'Exempt')) {
    errors.push(invalid(path.child('type'), type, "must be 'Exempt' if and only if `name` is 'exempt'"));
  }
  if (type === 'Exempt') {
    if (limited) errors.push(forbidden(path.child('limited'), 'must be nil if the type is not Limited'));
    if (exempt) errors.push(...validateShares(exempt, path.child('exempt')), ...validateLendable(exempt, path.child('exempt')));
  } else if (type === 'Limited') {
    if (exempt) errors.push(forbidden(path.child('exempt'), 'must be nil if the type is Limited'));
    if (limited) errors.push(...validateLimited(limited, path.child('limited')));
    else errors.push(required(path.child('limited'), 'must not be empty when type is Limited'));
  } else errors.push(type === '' ? required(path.child('type')) : notSupported(path.child('type'), type, types));
  return errors;
}

function validateShares({ nominalConcurrencyShares: shares = 0 }: ExemptPriorityLevelConfiguration, at: FieldPath): FieldError[] {
  return shares < 0 ? [invalid(at.child('nominalConcurrencyShares'), shares, 'must be a non-negative integer')] : [];
}

function validateLendable({ lendablePercent: percent = 0 }: ExemptPriorityLevelConfiguration, at: FieldPath): FieldError[] {
  const good = percent >= 0 && percent <= 100;
  return good ? [] : [invalid(at.child('lendablePercent'), percent, 'must be between 0 and 100, inclusive')];
}

function validateLimited(limited: LimitedPriorityLevelConfiguration, at: FieldPath): FieldError[] {
  const { borrowingLimitPercent: borrowed = 0, limitResponse } = limited;
  const errors = [
    ...validateShares(limited, at),
    ...validateResponse(limitResponse ?? ({} as LimitResponse), at.child('limitResponse')),
    ...validateLendable(limited, at),
  ];
  if (borrowed < 0) errors.push(invalid(at.child('borrowingLimitPercent'), borrowed, 'if specified, must be a non-negative integer'));
  return errors;
}

function validateResponse({ type = '', queuing }: LimitResponse, at: FieldPath): FieldError[] {
  const place = at.child('queuing');
  if (type === 'Reject') return queuing ? [forbidden(place, 'must be nil if limited.limitResponse.type is not Limited')] : [];
  if (type === 'Queue') {
    return queuing ? validateQueuing(queuing, place) : [required(place, 'must not be empty if limited.limitResponse.type is Limited')];
  }
  return [type === '' ? required(at.child('type')) : notSupported(at.child('type'), type, responses)];
}

function validateQueuing({ queueLengthLimit = 0, queues = 0, handSize = 0 }: QueuingConfiguration, at: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (queueLengthLimit <= 0) errors.push(invalid(at.child('queueLengthLimit'), queueLengthLimit, 'must be positive'));
  if (queues <= 0) errors.push(invalid(at.child('queues'), queues, 'must be positive'));
  else if (queues > maxQueues) errors.push(invalid(at.child('queues'), queues, `must not be greater than ${maxQueues}`));
  const problem = handProblem(handSize, queues);
  return problem ? [...errors, invalid(at.child('handSize'), handSize, problem)] : errors;
}

// A hand is dealt from the bits of one hash.
function handProblem(handSize: number, queues: number): string | undefined {
  if (handSize <= 0) return 'must be positive';
  if (handSize > queues) return `should not be greater than queues (${queues})`;
  if (Math.ceil(Math.log2(queues) * handSize) <= maxEntropyBits) return undefined;
  return `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${maxEntropyBits}`;
}
