import type { Expression } from '../syntax/ast.ts';
import { addEstimates, type Estimate, fixedEstimate, multiplyEstimates, noEstimate, scaleEstimate } from './estimates.ts';
import { type CelType, sameType } from './types.ts';

/** A part of an expression, or the elements of one, as estimates see it. */
export interface EstimatedNode {
  readonly path: readonly string[];
  readonly type: CelType;
  readonly expression: Expression | undefined;
  readonly size: Estimate | undefined;
}

export interface CallEstimate {
  readonly cost: Estimate;
  readonly resultSize?: Estimate | undefined;
}

type SizeOfNode = (node: EstimatedNode) => Estimate;
type Estimator = (
  target: EstimatedNode | undefined,
  args: readonly EstimatedNode[],
  size: SizeOfNode,
  overload: string,
) => CallEstimate | undefined;

const stringFactor = 0.1;
const regexFactor = 0.25;
const addressSize: Estimate = { min: 4, max: 16 };
const one: CallEstimate = { cost: fixedEstimate(1) };

/** What one overload costs beyond its arguments; undefined for those that the estimator itself knows. */
export function callEstimate(
  name: string,
  overload: string,
  target: EstimatedNode | undefined,
  args: readonly EstimatedNode[],
  size: SizeOfNode,
): CallEstimate | undefined {
  const estimate = overloadEstimates[overload]?.(target, args, size, overload);
  return estimate ?? functionEstimates[name]?.(target, args, size, overload) ?? standard(overload, target, args, size);
}

const traverseArgument: Estimator = (_target, [text], size) => text && { cost: scaleEstimate(size(text), stringFactor) };
const traverseTarget: Estimator = (target, _args, size) => {
  if (!target) return undefined;
  return { cost: scaleEstimate(size(target), stringFactor), resultSize: size(target) };
};

const elements: Estimator = (target, _args, size) => {
  if (!target) return undefined;
  const element = elementOf(target);
  if (!element) return { cost: scaleEstimate(size(target), stringFactor) };
  let each = fixedEstimate(1);
  if (element.type.kind === 'string' || element.type.kind === 'bytes')
    each = addEstimates(each, scaleEstimate(size(element), stringFactor));
  return { cost: multiplyEstimates(size(target), each) };
};

const match: Estimator = (target, [pattern], size) => {
  if (!target || !pattern) return undefined;
  const text = scaleEstimate(addEstimates(size(target), fixedEstimate(1)), stringFactor);
  return { cost: multiplyEstimates(text, scaleEstimate(size(pattern), regexFactor)), resultSize: { min: 0, max: size(target).max } };
};

const selector: Estimator = (_target, [text], size) => {
  if (!text) return undefined;
  const requirements = scaleEstimate(scaleEstimate(size(text), 0.5), 50);
  return { cost: addEstimates(addEstimates(fixedEstimate(10), scaleEstimate(size(text), stringFactor)), requirements) };
};

function each(names: string, estimator: Estimator): Record<string, Estimator> {
  return Object.fromEntries(names.split(' ').map((name) => [name, estimator]));
}

const functionEstimates: Readonly<Record<string, Estimator>> = {
  check: () => ({ cost: fixedEstimate(350_000) }),
  ...each('serviceAccount path group resource subresource namespace name allowed reason error errored', () => one),
  ...each(
    'masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast format.named',
    () => one,
  ),
  ...each('sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch', () => one),
  ...each('getScheme getHostname getHost getPort getEscapedPath getQuery', () => one),
  ...each('fieldSelector labelSelector', selector),
  ...each('isSorted sum max min indexOf lastIndexOf', elements),
  ...each(
    'url jsonpatch.escapeKey',
    (_target, [text], size) => text && { cost: scaleEstimate(size(text), stringFactor), resultSize: size(text) },
  ),
  ...each('lowerAscii upperAscii substring trim', traverseTarget),
  ...each('cidr isIP isCIDR quantity isQuantity semver isSemver', traverseArgument),
  ...each('find findAll', match),
  replace,
  split,
  join,
  ip: (target, args, size, overload) => (overload === 'cidr_ip' ? one : traverseArgument(target, args, size, overload)),
  'ip.isCanonical': (_target, [text], size) => text && { cost: scaleEstimate(size(text), 2 * stringFactor) },
  containsIP: (_target, [other], size, overload) =>
    other && { cost: contains(overload === 'cidr_contains_ip_string' ? size(other) : undefined) },
  containsCIDR: (_target, [other], size, overload) => {
    if (!other) return undefined;
    const masks = addEstimates(scaleEstimate(addressSize, stringFactor), fixedEstimate(1));
    return { cost: addEstimates(contains(overload === 'cidr_contains_cidr_string' ? size(other) : undefined), masks) };
  },
  validate: (_target, [text], size) => text && { cost: scaleEstimate(scaleEstimate(size(text), stringFactor), 128 * regexFactor) },
  '_==_': (_target, [a, b]) => (a && b && sameType(a.type, b.type) ? equality(a.type, b) : undefined),
};

function contains(text: Estimate | undefined): Estimate {
  const addresses = scaleEstimate(addEstimates(addressSize, addressSize), stringFactor);
  return text ? addEstimates(addresses, scaleEstimate(text, stringFactor)) : addresses;
}

function equality(type: CelType, b: EstimatedNode): CallEstimate | undefined {
  if (type.name === 'net.IP' || type.name === 'net.CIDR') return one;
  if (type.name === 'kubernetes.NamedFormat') return { cost: scaleEstimate({ min: 1, max: 64 }, stringFactor) };
  if (type.name === 'kubernetes.URL') return { cost: scaleEstimate({ min: 1, max: b.size?.max ?? 1 }, stringFactor) };
  return type.kind === 'struct' && /^kubernetes\.(Quantity|Semver|authorization\.)/.test(type.name) ? one : undefined;
}

function replace(target: EstimatedNode | undefined, args: readonly EstimatedNode[], size: SizeOfNode): CallEstimate | undefined {
  const [old, by] = args;
  if (!target || !old || !by) return undefined;
  const [text, from, to] = [size(target), size(old), size(by)];
  let [countMin, countMax, keptMin, keptMax] = [0, 0, 0, 0];
  if (from.min === 0) {
    countMax = text.max + 1;
    keptMax = text.max;
  } else if (to.max <= from.min) {
    keptMax = text.max;
  } else {
    countMax = Math.ceil(text.max / from.min);
  }
  if (from.max === 0) {
    countMin = text.min + 1;
    keptMin = text.min;
  } else if (from.max <= to.min) {
    keptMin = text.min;
  } else {
    countMin = Math.ceil(text.min / from.max);
  }
  const replaced = multiplyEstimates({ min: countMin, max: countMax }, to);
  return { cost: scaleEstimate(text, 2 * stringFactor), resultSize: addEstimates(replaced, { min: keptMin, max: keptMax }) };
}

function split(target: EstimatedNode | undefined, args: readonly EstimatedNode[], size: SizeOfNode): CallEstimate | undefined {
  if (!target) return undefined;
  const limit = args[1]?.expression;
  const max = limit?.kind === 'literal' && typeof limit.value === 'bigint' ? unsigned(limit.value) : size(target).max;
  return { cost: scaleEstimate(size(target), 2 * stringFactor), resultSize: { min: 0, max } };
}

function unsigned(value: bigint): number {
  return value < 0n ? Number.POSITIVE_INFINITY : Number(value);
}

function join(target: EstimatedNode | undefined, args: readonly EstimatedNode[], size: SizeOfNode): CallEstimate | undefined {
  if (!target) return undefined;
  const count = size(target);
  const element = elementOf(target);
  let total = element ? multiplyEstimates(count, size(element)) : noEstimate;
  if (args[0])
    total = addEstimates(total, multiplyEstimates(size(args[0]), { min: Math.max(0, count.min - 1), max: Math.max(0, count.max - 1) }));
  return { cost: scaleEstimate(total, stringFactor), resultSize: total };
}

function elementOf(list: EstimatedNode): EstimatedNode | undefined {
  const [type] = list.type.parameters;
  return type && { path: list.path.length > 0 ? [...list.path, '@items'] : [], type, expression: undefined, size: undefined };
}

/** As the unsigned integer of 64 bits that upstream takes a size for. */
function wrapped(size: number): number {
  return size < 0 ? size + 2 ** 64 : size;
}

// Lists of the extension library, and sets: they make new lists or compare all with all.
const overloadEstimates: Readonly<Record<string, Estimator>> = {
  list_slice: (target, [start, end], size) =>
    target && allocation(1, fixedEstimate(wrapped(literalOr(end!, size(target).max) - literalOr(start!, 0)))),
  lists_range: (_target, [count]) => count && allocation(1, fixedEstimate(literalOr(count, Number.POSITIVE_INFINITY))),
  list_reverse: (target, _args, size) => target && allocation(1, size(target)),
  list_flatten: (target, _args, size) => target && allocation(1, size(target)),
  list_flatten_int: (target, [depth], size) => target && allocation(literalOr(depth!, Number.POSITIVE_INFINITY), size(target)),
  list_distinct: (target, _args, size) => target && allocation(2, multiplyEstimates(size(target), size(target))),
  ...sorting('sort', (target) => target),
  ...sorting('sortByAssociatedKeys', (_target, [keys]) => keys),
  ...sets('contains', 1),
  ...sets('intersects', 1),
  ...sets('equivalent', 2),
};

function sorting(
  suffix: string,
  keysOf: (target: EstimatedNode | undefined, args: readonly EstimatedNode[]) => EstimatedNode | undefined,
): Record<string, Estimator> {
  const types = 'int uint double bool google.protobuf.Duration google.protobuf.Timestamp string bytes'.split(' ');
  return Object.fromEntries(
    types.map((type): [string, Estimator] => [
      `list_${type}_${suffix}`,
      (target, args, size) => {
        const keys = keysOf(target, args);
        if (!keys) return undefined;
        const factor = type === 'string' || type === 'bytes' ? 2 + stringFactor : 2;
        return allocation(factor, multiplyEstimates(size(keys), size(keys)));
      },
    ]),
  );
}

function sets(name: string, factor: number): Record<string, Estimator> {
  return {
    [`list_sets_${name}_list`]: (_target, [a, b], size) =>
      a && b && { cost: addEstimates(scaleEstimate(multiplyEstimates(size(a), size(b)), factor), fixedEstimate(1)) },
  };
}

function allocation(factor: number, size: Estimate): CallEstimate {
  return { cost: addEstimates(scaleEstimate(size, factor), fixedEstimate(11)), resultSize: size };
}

function literalOr(node: EstimatedNode, otherwise: number): number {
  const { expression } = node;
  if (expression?.kind !== 'literal' || typeof expression.value !== 'bigint') return otherwise;
  return expression.value < 0n ? 0 : Number(expression.value);
}

function standard(
  overload: string,
  target: EstimatedNode | undefined,
  args: readonly EstimatedNode[],
  size: SizeOfNode,
): CallEstimate | undefined {
  const [a, b] = args;
  switch (overload) {
    case 'string_format':
      return target && { cost: scaleEstimate(size(target), stringFactor) };
    case 'string_to_bytes':
      return a && { cost: scaleEstimate(size(a), stringFactor), resultSize: { min: size(a).min, max: size(a).max * 4 } };
    case 'bytes_to_string':
      return a && { cost: scaleEstimate(size(a), stringFactor), resultSize: { min: Math.floor(size(a).min / 4), max: size(a).max } };
    case 'strings_quote':
      return a && { cost: scaleEstimate(size(a), stringFactor), resultSize: { min: size(a).min + 2, max: size(a).max * 2 + 2 } };
    case 'starts_with_string':
    case 'ends_with_string':
      return a && { cost: scaleEstimate(size(a), stringFactor) };
    case 'in_list':
      return b && { cost: size(b) };
    case 'matches_string': {
      if (!target || !a) return undefined;
      const text = scaleEstimate(addEstimates(size(target), fixedEstimate(1)), stringFactor);
      return { cost: multiplyEstimates(text, scaleEstimate(size(a), regexFactor)) };
    }
    case 'contains_string':
      return target && a && { cost: multiplyEstimates(scaleEstimate(size(target), stringFactor), scaleEstimate(size(a), stringFactor)) };
    default:
      return a && b && comparisons.test(overload) ? { cost: comparison(size(a), size(b)) } : undefined;
  }
}

const comparisons = /^(?:(?:less|greater)(?:_equals)?_(?:string|bytes)|equals|not_equals)$/;

function comparison(a: Estimate, b: Estimate): Estimate {
  const max = Math.min(a.max, b.max);
  return scaleEstimate({ min: max > 0 ? 1 : 0, max }, stringFactor);
}
