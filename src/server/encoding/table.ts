import { type CellContext, type Column, defaultColumns, type FieldText, type ResourceDefinition } from '../../../api/define.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { describeField, enumValuesHeading } from '../../../openapi/definitions.ts';
import { badRequest } from '../../registry/errors.ts';
import type { ListAnswer } from '../answer.ts';
import { listMeta } from './list-json.ts';
import { partialObject } from './partial.ts';

/** What the rows of a table hold of their objects. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** @throws ApiError 400 for a value that is none of them */
export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') ?? '';
  if (value === '') return 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${goQuote(value)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

export interface TableOptions extends CellContext {
  readonly version: string;
  readonly includeObject: IncludeObject;
  /** Without the definitions of the columns: events of a watch after its first. */
  readonly withoutColumns?: boolean;
}

export function tableOfList({ definition, items, metadata }: ListAnswer, options: TableOptions): KubeObject {
  const objects = items.map((item) => item.object);
  if (definition.rowOrder) objects.sort(definition.rowOrder);
  return table(definition, objects, listMeta(metadata), options);
}

export function tableOfObject(definition: ResourceDefinition, object: KubeObject, options: TableOptions): KubeObject {
  const resourceVersion = object.metadata?.resourceVersion;
  return table(definition, [object], resourceVersion ? { resourceVersion } : {}, options);
}

function table(definition: ResourceDefinition, objects: readonly KubeObject[], metadata: object, options: TableOptions): KubeObject {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata,
    columnDefinitions: options.withoutColumns ? null : definition.columns.filter(({ undeclared }) => !undeclared).map(columnDefinition),
    // Upstream's table of nothing has rows that are null where it is the one that any kind has.
    rows:
      objects.length === 0 && definition.columns === defaultColumns
        ? null
        : objects.map((object) => {
            const conditions = definition.rowConditions?.(object);
            return {
              cells: definition.columns.map((column) => column.cell(object, options) ?? null),
              ...(conditions && { conditions }),
              object: rowObject(definition, object, options),
            };
          }),
  };
}

function columnDefinition({ name, type, format = '', description, priority = 0 }: Column): object {
  return { name, type, format, description: typeof description === 'string' ? description : fieldText(description), priority };
}

/** Tables do not list the values of an enum, as the documents do. */
function fieldText([definition, field]: FieldText): string {
  return describeField(definition, field).split(enumValuesHeading, 1)[0]!;
}

function rowObject(definition: ResourceDefinition, object: KubeObject, { includeObject, version }: TableOptions): KubeObject | null {
  if (includeObject === 'None') return null;
  return includeObject === 'Object' ? object : partialObject(definition, object, version);
}
