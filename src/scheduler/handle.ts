import type { KubeObject } from '../../api/meta/object.ts';
import type { Pod } from '../../openapi/types.ts';
import type { Client, ResourceReference } from '../client/client.ts';
import type { RuntimeContext } from '../runtime/context.ts';
import type { Handler } from '../runtime/informer.ts';
import type { ClusterState } from './cluster-state.ts';
import type { DeviceManager } from './devices/device-manager.ts';
import type { Extender } from './extenders.ts';
import type { Filtering } from './filtering.ts';
import type { Nominator } from './nominator.ts';
import type { PodsInBinding } from './pods-in-binding.ts';
import type { EventSink } from './recorder.ts';

/** The objects of one resource, as they are known now. Never change one. */
export interface Lister<T> {
  get(namespace: string, name: string): T | undefined;
  list(namespace?: string): Iterable<T>;
  /** Objects that the index `name` filed under `value`. */
  byIndex(name: string, value: string): Iterable<T>;
  /** Adds an index if there is none of that name: `valuesOf` says under which values an object is filed. */
  addIndex(name: string, valuesOf: (object: T) => readonly string[]): void;
  addHandler(handler: Handler<T>): () => void;
}

/** What plugins read besides nodes and pods. A plugin asks for its listers when it is made, so that they are filled before it runs. */
export interface Listers {
  for<T extends KubeObject = KubeObject>(reference: ResourceReference): Lister<T>;
}

/** What the scheduler offers to the plugins of a profile. */
export interface Handle {
  readonly client: Client;
  readonly context: RuntimeContext;
  readonly listers: Listers;
  readonly cluster: ClusterState;
  readonly nominator: Nominator;
  readonly binding: PodsInBinding;
  /** Made when a plugin first asks for it: one for all profiles. */
  readonly devices: () => DeviceManager;
  readonly events: EventSink;
  readonly extenders: readonly Extender[];
  /** The profile's filters; there from the first cycle on. */
  readonly filtering: () => Filtering;
  /** The pod as the API server has it; undefined where it is gone. */
  readonly latest: (pod: Pod) => Pod | undefined;
  /** Tries a pod again at once. */
  readonly activate: (pod: Pod) => void;
}
