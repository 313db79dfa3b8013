import type { NodeSelectorTerm } from '../../../openapi/types.ts';
import type { FieldPath } from '../../meta/field.ts';
import { isLabelValue } from '../../meta/names.ts';

const deprecated: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

/** What to say of a node label that has been replaced; undefined for others. */
export function nodeLabelDeprecation(key: string): string | undefined {
  return Object.hasOwn(deprecated, key) ? deprecated[key] : undefined;
}

/** @param checkValues bad label values are only warned of (in preferred terms) */
export function nodeSelectorTermWarnings(term: NodeSelectorTerm | undefined, path: FieldPath, checkValues: boolean): string[] {
  return (term?.matchExpressions ?? []).flatMap(({ key, values }, i) => {
    const at = path.child('matchExpressions').index(i);
    const message = nodeLabelDeprecation(key);
    const warnings = message ? [`${at.child('key')}: ${key} is ${message}`] : [];
    if (!checkValues) return warnings;
    (values ?? []).forEach((value, n) => {
      const messages = isLabelValue(value);
      if (messages.length > 0) warnings.push(`${at.child('values').index(n)}: ${value} is invalid, ${messages.join('; ')}`);
    });
    return warnings;
  });
}
