import type { CSINode, CSINodeDriver } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta } from '../../core/v1/core-meta.validation.ts';
import { validateCsiDriverName } from '../../core/v1/volume.validation.ts';
import { defineResource } from '../../define.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { duplicate, type FieldError, FieldPath, invalid, required } from '../../meta/field.ts';
import { isQualifiedName } from '../../meta/names.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { byteLength } from '../../meta/text.ts';
import { immutableMessage, validateNonNegative } from '../../meta/validation.ts';

const driversPath = FieldPath.of('spec', 'drivers');
const maxNodeIDBytes = 256;

function validateNode({ metadata, spec }: CSINode): FieldError[] {
  return [...validateCoreMeta(metadata, { namespaced: false }), ...validateDrivers(spec?.drivers ?? [])];
}

function validateDrivers(drivers: readonly CSINodeDriver[]): FieldError[] {
  const names = new Set<string>();
  return drivers.flatMap((driver, i) => {
    const path = driversPath.index(i);
    const errors = [
      ...validateCsiDriverName(driver.name, path.child('name')),
      ...validateNodeID(driver.nodeID ?? '', path.child('nodeID')),
      ...validateNonNegative(driver.allocatable?.count ?? 0, path.child('allocatable', 'count')),
    ];
    if (names.has(driver.name)) errors.push(duplicate(path.child('name'), driver.name));
    names.add(driver.name);
    return [...errors, ...validateTopologyKeys(driver.topologyKeys ?? [], path)];
  });
}

function validateNodeID(id: string, path: FieldPath): FieldError[] {
  if (id === '') return [required(path)];
  return byteLength(id) > maxNodeIDBytes ? [invalid(path, id, `must be ${maxNodeIDBytes} characters or less`)] : [];
}

function validateTopologyKeys(keys: readonly string[], path: FieldPath): FieldError[] {
  const seen = new Set<string>();
  return keys.flatMap((key) => {
    const errors = key === '' ? [required(path)] : [];
    if (seen.has(key)) errors.push(duplicate(path, key));
    seen.add(key);
    return [...errors, ...isQualifiedName(key).map((message) => invalid(path, key, message))];
  });
}

// Of a driver that is there already, only how many volumes fit may change.
function validateChanges(drivers: readonly CSINodeDriver[], old: readonly CSINodeDriver[]): FieldError[] {
  return old.flatMap((before) =>
    drivers
      .filter((driver) => driver.name === before.name && !semanticEqual({ ...before, allocatable: driver.allocatable }, driver))
      .map((driver) => invalid(driversPath, internalDriver(driver), immutableMessage)),
  );
}

// What may change is not compared, nor shown.
function internalDriver(driver: CSINodeDriver): object {
  return { Name: driver.name, NodeID: driver.nodeID ?? '', TopologyKeys: asSent(driver, 'topologyKeys') ?? null, Allocatable: null };
}

/** CSINodes. Compared with v1.36.3: drivers, what stays, table. */
export const csiNode = defineResource<CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  scope: 'Cluster',
  schema: 'io.k8s.api.storage.v1.CSINode',
  allowUnconditionalUpdate: false,
  returnsDeletedObject: true,
  columns: [
    nameColumn,
    {
      name: 'Drivers',
      type: 'integer',
      description: 'Drivers indicates the number of CSI drivers registered on the node',
      cell: (object) => object.spec?.drivers?.length ?? 0,
    },
    ageColumn,
  ],
  validate: validateNode,
  validateUpdate: (object, old) => [...validateNode(object), ...validateChanges(object.spec?.drivers ?? [], old.spec?.drivers ?? [])],
});
