import type { KubeObject } from '../../../api/meta/object.ts';
import { bootstrapFlowControl } from './flow-control.ts';
import { bootstrapPriorityClasses } from './priority-classes.ts';
import { bootstrapPolicy } from './rbac.ts';

/** Every object that an API server makes for itself in an empty store, besides the system namespaces and its own Service. */
export function bootstrapObjects(): KubeObject[] {
  return [...bootstrapFlowControl(), ...bootstrapPriorityClasses(), ...bootstrapPolicy()];
}
