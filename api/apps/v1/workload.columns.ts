import type { Column } from '../../define.ts';
import { type LabelSelectorObject, labelSelectorText } from '../../meta/label-selector.ts';
import type { KubeObject } from '../../meta/object.ts';

/** The selector of the pods, for wide tables. */
export function selectorColumn<T>(
  description: Column['description'],
  selector: (object: T) => LabelSelectorObject | undefined,
  text: (selector: LabelSelectorObject | undefined) => string = labelSelectorText,
): Column<T> {
  return {
    name: 'Selector',
    type: 'string',
    priority: 1,
    description,
    cell: (object) => text(selector(object)),
  };
}

export const readyColumn: Column<KubeObject> = {
  name: 'Ready',
  type: 'string',
  description: 'Number of the pod with ready state',
  cell: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
};
