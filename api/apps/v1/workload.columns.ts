import type { Column } from '../../define.ts';
import { type LabelSelectorObject, labelSelectorText } from '../../meta/label-selector.ts';
import type { KubeObject } from '../../meta/object.ts';

/** The selector of the pods, for wide tables. */
export function selectorColumn<T>(
  selector: (object: T) => LabelSelectorObject | undefined,
  text: (selector: LabelSelectorObject | undefined) => string = labelSelectorText,
): Column<T> {
  return {
    name: 'Selector',
    type: 'string',
    priority: 1,
    description: 'Which pods are its own.',
    cell: (object) => text(selector(object)),
  };
}

export const readyColumn: Column<KubeObject> = {
  name: 'Ready',
  type: 'string',
  description: 'Ready pods of those wanted.',
  cell: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
};
