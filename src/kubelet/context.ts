import type { Node } from '../../openapi/types.ts';
import type { Client } from '../client/client.ts';
import type { RuntimeContext } from '../runtime/context.ts';
import type { ImageRule } from './images/rules.ts';
import type { Stage } from './stages/stage.ts';

/** What the fleet needs of the process that it runs in. */
export interface FleetContext extends RuntimeContext {
  /** Reads for the whole fleet: one watch of nodes and one of pods serve all kubelets. */
  readonly client: Client;
  /** Writes as the kubelet of one node (`system:node:<name>`). */
  clientFor(nodeName: string): Client;
}

export interface FleetOptions {
  /** Names of the nodes to register; Node objects annotated `kwok.x-k8s.io/node: fake` are run besides. */
  readonly nodes: readonly string[];
  /** Versions of IP that nodes have addresses of, the first one first. Default: 4. */
  readonly families?: readonly (4 | 6)[];
  /** Addresses of the cluster's name service, of which pods are told. Default: none. */
  readonly clusterDns?: readonly string[];
  /** Default: `defaultStages`. */
  readonly stages?: readonly Stage[];
  /** Rules for images that come before `defaultImages`. */
  readonly images?: readonly ImageRule[];
}

/** A user gives a Node object this annotation, with the value `fake`. */
export const adoptionAnnotation = 'kwok.x-k8s.io/node';

/** Whether a Node object has the annotation with which it is run as KWOK would. */
export function isAdopted({ metadata }: Node): boolean {
  return metadata?.annotations?.[adoptionAnnotation] === 'fake';
}

/** A user stops a node's kubelet by giving its Node object this annotation with the value `stopped`, and starts it by taking that away. */
export const kubeletAnnotation = 'orrery.dev/kubelet';
