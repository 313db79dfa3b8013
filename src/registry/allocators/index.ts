import type { ClusterSettings, ResourceDefinition } from '../../../api/define.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { ManagerContext } from '../../machinery/patch/apply/types.ts';
import type { Random } from '../../machinery/random.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Registry } from '../registry.ts';
import type { Allocator } from './allocator.ts';
import { NodePorts } from './node-ports.ts';
import { ServiceAddresses } from './service-addresses.ts';

export interface AllocatorParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: ClusterSettings;
  /** Asked when something is allocated: the registry is made with the allocators. */
  readonly registry: () => Registry;
  /** The objects of a resource that has no namespaces, as the cache has them. */
  readonly listOf: (group: string, version: string, plural: string) => Promise<readonly KubeObject[]>;
  /** For managedFields of what allocators write. */
  readonly managerOf: (definition: ResourceDefinition, manager: string, now: string) => ManagerContext;
}

/** The allocators by the names that definitions' `allocations` use. */
export function createAllocators(parts: AllocatorParts): ReadonlyMap<string, Allocator> {
  return new Map([new ServiceAddresses(parts), new NodePorts(parts)].map((allocator: Allocator) => [allocator.name, allocator]));
}
