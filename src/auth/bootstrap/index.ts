import type { KubeObject } from '../../../api/meta/object.ts';
import { bootstrapFlowControl } from './flow-control.ts';
import { bootstrapPriorityClasses } from './priority-classes.ts';
import { bootstrapPolicy } from './rbac.ts';

/**
 * Every object that an API server makes for itself in an empty store, besides the system namespaces and its own Service.
 * @param aggregated whether roles that are put together of others have their rules already, for controllers that would soon fill them in; without
 *   controllers nobody does
 */
export function bootstrapObjects(aggregated: boolean): KubeObject[] {
  const policy = bootstrapPolicy().map((object) => (aggregated || !object['aggregationRule'] ? object : { ...object, rules: undefined }));
  return [...bootstrapFlowControl(), ...bootstrapPriorityClasses(), ...policy];
}
