import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import type { Column } from '../../define.ts';
import { type LabelSelectorObject, printSelector } from '../../meta/label-selector.ts';
import type { KubeObject } from '../../meta/object.ts';

interface ParamRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly selector?: LabelSelectorObject;
}

interface Binding {
  readonly spec?: { readonly policyName?: string; readonly paramRef?: ParamRef };
}

/** The parameters that a binding names. */
function paramCell({ spec }: Binding): string {
  const { name, namespace, selector } = spec?.paramRef ?? {};
  if (name) return `${namespace || '*'}/${name}`;
  return selector ? printSelector(selector) : '<unset>';
}

/** The table of bindings of policies of either sort. */
export const bindingColumns: readonly Column<Binding & KubeObject>[] = [
  nameColumn,
  {
    name: 'PolicyName',
    type: 'string',
    description: 'PolicyName indicates the policy definition which the policy binding binded to',
    cell: ({ spec }) => spec?.policyName ?? '',
  },
  {
    name: 'ParamRef',
    type: 'string',
    description: 'ParamRef indicates the param resource which sets the configuration param',
    cell: paramCell,
  },
  ageColumn,
];
